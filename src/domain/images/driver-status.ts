// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { Leases, Snapshots } from '../../adapters/containerd/index.ts';
import type { Disk } from '../../adapters/disk/index.ts';
import { describeRootfs } from './rootfs.ts';

/** How long (ms) the probe's snapshot may live when the daemon dies meanwhile. */
const PROBE_LIFE = 60_000;

export interface DriverDeps {
  readonly snapshots: Snapshots;
  readonly leases: Leases;
  readonly disk: Disk;
}

/** The file system beneath the snapshots: where an empty one of them lies. */
const backingFileSystem = async ({ snapshots, leases, disk }: DriverDeps): Promise<string> => {
  const lease = await leases.create({ expiresIn: PROBE_LIFE });
  const key = `probe-${randomUUID()}`;
  try {
    const { upperDirectory } = describeRootfs(await snapshots.prepare(key, '', { lease }));
    return upperDirectory === undefined ? '<unknown>' : await disk.fileSystemOf(upperDirectory);
  } finally {
    await snapshots.remove(key).catch(() => undefined);
    await leases.delete(lease);
  }
};

/** The storage driver as `/info` shows it. */
export interface DriverStatus {
  readonly name: string;
  readonly status: readonly (readonly [string, string])[];
}

/** Docker's names of containerd's snapshotters. */
const DRIVER_NAMES: Readonly<Record<string, string>> = { overlayfs: 'overlay2' };

const describeDriver = async (deps: DriverDeps): Promise<DriverStatus> => {
  const { snapshotter } = deps.snapshots;
  const backing = ['Backing Filesystem', await backingFileSystem(deps)] as const;
  // containerd does not offer its overlay where directory entries have no type.
  const typed = ['Supports d_type', 'true'] as const;
  return {
    name: DRIVER_NAMES[snapshotter] ?? snapshotter,
    status: snapshotter === 'overlayfs' ? [backing, typed] : [backing],
  };
};

/** Describes the driver when it is asked for the first time, and remembers: nothing of it changes while the daemon runs. */
export const createDriverProbe = (deps: DriverDeps): (() => Promise<DriverStatus>) => {
  const known: { status?: Promise<DriverStatus> } = {};
  return async () => {
    known.status ??= describeDriver(deps);
    try {
      return await known.status;
    } catch (error) {
      delete known.status;
      throw error;
    }
  };
};
