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
export const describeDriver = async (
  deps: DriverDeps,
): Promise<{ readonly name: string; readonly status: readonly (readonly [string, string])[] }> => ({
  name: deps.snapshots.snapshotter,
  status: [
    ['driver-type', 'io.containerd.snapshotter.v1'],
    ['Backing Filesystem', await backingFileSystem(deps)],
  ],
});
