// SPDX-License-Identifier: Apache-2.0
import type { Digest } from '../../spec/digest.ts';
import type { Mount } from '../../spec/mount.ts';
import type { Labels, LeaseOptions } from './snapshots.ts';

/** OCI image-spec descriptor. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly annotations?: Labels;
}

export interface ImageRecord {
  readonly name: string;
  readonly target: Descriptor;
  readonly labels: Labels;
}

/** containerd's image service: names of content. What no name (or lease) reaches is collected. */
export interface ImageRecords {
  /** @throws not-found */
  get(name: string): Promise<ImageRecord>;
  list(filters?: readonly string[]): Promise<readonly ImageRecord[]>;
  /** Makes the record or replaces it. */
  put(image: ImageRecord, options?: LeaseOptions): Promise<void>;
  /** `sync` waits until the garbage collector ran. @throws not-found */
  delete(name: string, options?: { readonly sync?: boolean }): Promise<void>;
}

/** containerd's leases: what they hold, the garbage collector spares. */
export interface Leases {
  /** A lease that ends by itself at `expiresIn` milliseconds if nobody deletes it. */
  create(options: {
    readonly id?: string;
    readonly expiresIn?: number;
    readonly labels?: Labels;
  }): Promise<string>;
  /** One that does not exist is no error. */
  delete(id: string, options?: { readonly sync?: boolean }): Promise<void>;
  list(filters?: readonly string[]): Promise<readonly { readonly id: string; readonly labels: Labels }[]>;
  addResource(id: string, resource: { readonly type: string; readonly id: string }): Promise<void>;
}

/** containerd's diff service. */
export interface Diffs {
  /** Unpacks a layer blob (any compression containerd knows) onto `mounts`; gives the uncompressed descriptor. */
  apply(layer: Descriptor, mounts: readonly Mount[], options?: LeaseOptions): Promise<Descriptor>;
}

export interface ContainerRecord {
  readonly id: string;
  readonly image: string;
  readonly snapshotter: string;
  readonly snapshotKey: string;
  readonly runtime: string;
  /** OCI runtime spec, as a JSON value. */
  readonly spec: object;
  readonly labels: Labels;
}

/** containerd's container records: metadata only, a task makes one run. */
export interface ContainerRecords {
  /** @throws conflict when it exists */
  create(record: ContainerRecord): Promise<void>;
  list(filters?: readonly string[]): Promise<readonly Pick<ContainerRecord, 'id' | 'labels'>[]>;
  /** @throws not-found */
  delete(id: string): Promise<void>;
}
