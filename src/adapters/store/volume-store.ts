// SPDX-License-Identifier: Apache-2.0

/** What is kept of a volume beside its data, as a JSON value. */
export interface StoredVolume {
  readonly name: string;
  readonly document: unknown;
}

/** A volume that nobody sees yet. Disposal takes it away again, unless it was kept. */
export interface StagedVolume extends AsyncDisposable {
  /** Its directory for data, to be filled. */
  readonly directory: string;
  /** Makes it the volume `name`, of which there is none. @throws conflict when there is one; insufficient-storage when the disk is full */
  keep(name: string, document: object, options: { readonly durable: boolean }): Promise<void>;
  /** Puts its data in the place of those of the volume `name`, in one step; the old ones go. */
  replace(name: string): Promise<void>;
}

/** The `local` volumes' directories: `volumes/<name>/_data` and the volume's document beside it. */
export interface VolumeStore {
  /** `<data-root>/volumes/<name>/_data` */
  mountpoint(name: string): string;
  /**
   * Makes the directories and writes the document: both or nothing. `durable`: the document outlives a power failure that comes after.
   * @throws insufficient-storage when the disk is full
   */
  create(name: string, document: object, options: { readonly durable: boolean }): Promise<void>;
  /** Writes the document of a volume anew. @throws insufficient-storage when the disk is full */
  write(name: string, document: object): Promise<void>;
  /** Directories with `_data` and, when there is one, a readable document. Others are left out: they are not ours to touch. */
  load(): Promise<readonly StoredVolume[]>;
  /** Makes a volume without a name, to be filled first. @throws insufficient-storage when the disk is full */
  stage(): Promise<StagedVolume>;
  /**
   * Gives the volume's directory another name, in one step. The old name leads to it, too, until `forget`: also after a crash.
   * @throws conflict when something has the new name
   */
  rename(name: string, newName: string): Promise<void>;
  /** Names that renamed volumes still have beside their own, with the new ones. */
  formerNames(): Promise<ReadonlyMap<string, string>>;
  /** Ends a former name. One that is none is no error. */
  forget(formerName: string): Promise<void>;
  /** Takes the volume out of sight at once; its data goes with it. One that is gone is no error. */
  remove(name: string): Promise<void>;
}

/** What is kept of volumes that plugins have: records alone. */
export interface RemoteVolumeStore {
  /** @throws insufficient-storage when the disk is full */
  write(name: string, document: object): Promise<void>;
  /** Documents that can't be read are left out. */
  load(): Promise<readonly unknown[]>;
  /** One that is gone is no error. */
  remove(name: string): Promise<void>;
}
