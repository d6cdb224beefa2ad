// SPDX-License-Identifier: Apache-2.0

/** What is asked of the file system that layers lie on. */
export interface Disk {
  /** Bytes of all files below `directory`, as their sizes say; a file with several names counts once, directories count nothing. */
  contentSize(directory: string): Promise<number>;
  /** `extfs`, `xfs` … of the file system that holds `directory`, in the words of `docker info`. */
  fileSystemOf(directory: string): Promise<string>;
}
