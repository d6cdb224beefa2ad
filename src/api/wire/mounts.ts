// SPDX-License-Identifier: Apache-2.0
import type { MountPoint } from '../../domain/containers/index.ts';

const mountBody = (mount: MountPoint, source: string): object => ({
  Type: mount.type,
  ...(mount.name === '' ? {} : { Name: mount.name }),
  Source: source,
  Destination: mount.destination,
  ...(mount.driver === '' ? {} : { Driver: mount.driver }),
  Mode: mount.mode,
  RW: mount.readWrite,
  Propagation: mount.propagation,
});

const sorted = (mounts: readonly MountPoint[]): readonly MountPoint[] =>
  mounts.toSorted((one, other) => (one.destination < other.destination ? -1 : 1));

/** Engine API, `MountPoint[]` of an inspected container. */
export const mountsBody = (mounts: readonly MountPoint[]): readonly object[] =>
  sorted(mounts).map((mount) => mountBody(mount, mount.source));

/** As the container list has them: without the paths of volumes. */
export const listedMountsBody = (mounts: readonly MountPoint[]): readonly object[] =>
  sorted(mounts).map((mount) => mountBody(mount, mount.type === 'volume' ? '' : mount.source));
