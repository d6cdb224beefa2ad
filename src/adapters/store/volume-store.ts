// SPDX-License-Identifier: Apache-2.0

/** What is kept of a volume beside its data, as a JSON value. */
export interface StoredVolume {
  readonly name: string;
  readonly document: unknown;
}

/** The `local` volumes' directories: `volumes/<name>/_data` and the volume's document beside it. */
export interface VolumeStore {
  /** `<data-root>/volumes/<name>/_data` */
  mountpoint(name: string): string;
  /** Makes the directories and writes the document. @throws insufficient-storage when the disk is full */
  create(name: string, document: object): Promise<void>;
  /** Writes the document of a volume anew. @throws insufficient-storage when the disk is full */
  write(name: string, document: object): Promise<void>;
  /** Directories without a readable document are left out: they are not ours to touch. */
  load(): Promise<readonly StoredVolume[]>;
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
