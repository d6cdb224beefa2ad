// SPDX-License-Identifier: Apache-2.0

/** A root file system from outside: its read-only layers, top first. */
export interface LayeredRoot {
  readonly lowerDirectories: readonly string[];
}

/** What is done with file systems that no container has mounted. */
export interface Mounts {
  /**
   * Copies what the layers together have in the directory `path` into the directory `target`, with owners, modes, times,
   * links and extended attributes; `target` itself gets those of `path`. Symbolic links of the image never lead out of it.
   * False, and nothing is done, when there is no such directory or `target` is not empty. @throws insufficient-storage, internal
   */
  copyUp(root: LayeredRoot, path: string, target: string): Promise<boolean>;
}
