// SPDX-License-Identifier: Apache-2.0
import type { Mount } from '../../spec/mount.ts';

export type Labels = Readonly<Record<string, string>>;

/** Joins a call to a lease, so that the garbage collector spares what it makes. */
export interface LeaseOptions {
  readonly lease?: string;
}

export interface SnapshotInfo {
  readonly key: string;
  readonly parent: string;
  readonly kind: 'view' | 'active' | 'committed' | 'unknown';
  readonly labels: Labels;
}

export interface SnapshotUsage {
  readonly bytes: number;
  readonly inodes: number;
}

/** containerd's snapshot service for one snapshotter (`overlayfs`). */
export interface Snapshots {
  readonly snapshotter: string;
  /** @throws conflict when `key` exists, not-found when `parent` does not. */
  prepare(
    key: string,
    parent: string,
    options?: LeaseOptions & { readonly labels?: Labels },
  ): Promise<readonly Mount[]>;
  view(
    key: string,
    parent: string,
    options?: LeaseOptions & { readonly labels?: Labels },
  ): Promise<readonly Mount[]>;
  mounts(key: string): Promise<readonly Mount[]>;
  commit(name: string, key: string, options?: LeaseOptions & { readonly labels?: Labels }): Promise<void>;
  /** @throws not-found */
  remove(key: string): Promise<void>;
  /** @throws not-found */
  stat(key: string): Promise<SnapshotInfo>;
  /** @throws not-found */
  usage(key: string): Promise<SnapshotUsage>;
  list(filters?: readonly string[]): AsyncIterable<SnapshotInfo>;
}
