// SPDX-License-Identifier: Apache-2.0

/** The two documents of one container, as JSON values. */
export interface ContainerDocuments {
  readonly config: object;
  /** Absent on a save: the one on disk still holds. */
  readonly hostConfig?: object;
}

/** What was found under `containers/` for one id. */
export type FoundContainer =
  | { readonly id: string; readonly config: unknown; readonly hostConfig: unknown }
  /** The documents are missing or no JSON: reported and left alone. */
  | { readonly id: string; readonly broken: string };

/**
 * Containers' directories: `containers/<id>/` with `config.v2.json`, `hostconfig.json` and the small files that a
 * container is given. A document is replaced as a whole: what a reader finds is the old or the new one, never half.
 */
export interface ContainerStore {
  /** `<data-root>/containers/<id>` */
  directory(id: string): string;
  /** Makes the directory when it is missing. @throws insufficient-storage when the disk is full */
  save(
    id: string,
    documents: ContainerDocuments,
    options: {
      /** On the disk, not only in the kernel's cache, when this returns: it outlives a power failure. */
      readonly durable: boolean;
      /** A new container is there for a later daemon only when this is done, too; when it fails nothing is kept. */
      readonly complete?: Promise<unknown>;
    },
  ): Promise<void>;
  /** Writes a small text file into the container's directory, readable by all. @throws insufficient-storage */
  writeFile(id: string, name: string, text: string): Promise<void>;
  /** @throws not-found when there is no such file */
  readFile(id: string, name: string): Promise<string>;
  /** Everything that is there. */
  load(): Promise<readonly FoundContainer[]>;
  /** Removes the directory and all in it; one that is gone is no error. */
  remove(id: string): Promise<void>;
}
