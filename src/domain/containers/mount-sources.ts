// SPDX-License-Identifier: Apache-2.0
import { mkdir, stat } from 'node:fs/promises';
import type { Mounts } from '../../adapters/mounts/index.ts';
import type { Disposer } from '../../base/disposal.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Rootfs } from '../images/index.ts';
import type { Volume, Volumes } from '../volumes/index.ts';
import type { MountPoint } from './container.ts';
import type { PlannedMount } from './planned-mount.ts';

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** @throws invalid-argument for a bind that needs its source to be there */
export const checkBindSources = async (mounts: readonly PlannedMount[]): Promise<void> => {
  for (const { type, source, createSource } of mounts) {
    if (type !== 'bind' || createSource || (await exists(source))) continue;
    throw new EngineError(
      'invalid-argument',
      `invalid mount config for type "bind": bind source path does not exist: ${source}`,
    );
  }
};

const makeVolume = async (mount: PlannedMount, volumes: Volumes, acquired: Disposer): Promise<Volume> => {
  const volume = await volumes.create({
    ...(mount.anonymous ? {} : { name: mount.name }),
    driver: mount.driver,
    ...(mount.volumeLabels && { labels: mount.volumeLabels }),
    ...(mount.volumeOptions && { options: mount.volumeOptions }),
  });
  // A named volume may be somebody else's by now; an anonymous one goes with the container that failed to be.
  if (mount.anonymous) acquired.defer(async () => volumes.delete(volume.name, { force: true }));
  return volume;
};

/** The mount points as they are kept, their volumes made; on a failure `acquired` takes anonymous ones away again. */
export const makeMountPoints = async (
  mounts: readonly PlannedMount[],
  volumes: Volumes,
  acquired: Disposer,
): Promise<readonly MountPoint[]> => {
  const points: MountPoint[] = [];
  for (const mount of mounts) {
    const { anonymous: _a, copyUp: _c, volumeLabels: _l, volumeOptions: _o, ...point } = mount;
    if (mount.type !== 'volume') points.push(point);
    else {
      const { name, mountpoint, driver } = await makeVolume(mount, volumes, acquired);
      points.push({ ...point, name, source: mountpoint, driver });
    }
  }
  return points;
};

/** Copies the image's content at a volume's destination into the volume, where that is new and empty. */
export const fillVolumes = async (
  mounts: Pick<Mounts, 'copyUp'>,
  planned: readonly PlannedMount[],
  points: readonly MountPoint[],
  rootfs: Rootfs,
): Promise<void> => {
  for (const [index, { type, source, destination }] of points.entries()) {
    const isWanted = type === 'volume' && (planned[index]?.copyUp ?? false);
    if (isWanted) await mounts.copyUp(rootfs, destination, source);
  }
};

/** Makes the directories that binds of the old form (`-v`) do not require to exist. @throws internal */
export const makeBindSources = async (points: readonly MountPoint[]): Promise<void> => {
  for (const { type, source, createSource } of points) {
    if (type !== 'bind' || !createSource || (await exists(source))) continue;
    try {
      await mkdir(source, { recursive: true, mode: 0o755 });
    } catch (cause) {
      throw new EngineError(
        'internal',
        `error while creating mount source path '${source}': ${messageOf(cause)}`,
        { cause },
      );
    }
  }
};
