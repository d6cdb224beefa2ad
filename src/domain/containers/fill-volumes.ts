// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mounts } from '../../adapters/mounts/index.ts';
import { EngineError, isKind, messageOf } from '../../base/errors.ts';
import { errnoOf } from '../../sys/errno.ts';
import type { Rootfs } from '../images/index.ts';
import type { Volumes } from '../volumes/index.ts';
import type { MountPoint } from './container.ts';
import type { PlannedMount } from './planned-mount.ts';

interface FillDeps {
  readonly mounts: Mounts;
  readonly mountDirectory: string;
  readonly volumes: Pick<Volumes, 'needsMount' | 'isPlain' | 'holders' | 'mount' | 'unmount'>;
}

/** Fills a part of a volume; one that is not there yet stays so. */
const fillPart = async (
  { mounts, mountDirectory }: FillDeps,
  { source, subpath = '', destination }: MountPoint,
  rootfs: Rootfs,
): Promise<void> => {
  const place = join(mountDirectory, `fill-${randomUUID()}`);
  try {
    mounts.mountInside(source, subpath, place);
  } catch (error) {
    if (isKind(error, 'not-found')) return;
    throw error;
  }
  try {
    // A file can't be filled.
    if ((await stat(place)).isDirectory())
      await mounts.copyUp(rootfs, { path: destination, target: place, isOurs: false });
  } finally {
    mounts.release(place);
  }
};

const fillVolume = async (
  deps: FillDeps,
  point: MountPoint,
  rootfs: Rootfs,
  isOurs: boolean,
): Promise<void> => {
  if (point.subpath !== undefined) return fillPart(deps, point, rootfs);
  const { destination: path, source: target } = point;
  await deps.mounts.copyUp(rootfs, { path, target, isOurs });
};

/** A directory of the engine's own that only the container has which is being made. */
const isOurs = ({ volumes }: FillDeps, { name }: MountPoint): boolean =>
  volumes.isPlain(name) && volumes.holders(name).length < 2;

/** A volume that must be mounted first is so only where there is something to copy. */
const fillMounted = async (deps: FillDeps, point: MountPoint, rootfs: Rootfs): Promise<void> => {
  if (!deps.mounts.hasDirectory(rootfs, point.destination)) return;
  const user = `fill-${randomUUID()}`;
  try {
    const source = await deps.volumes.mount(point.name, user);
    try {
      await fillVolume(deps, { ...point, source }, rootfs, false);
    } finally {
      await deps.volumes.unmount(point.name, user);
    }
  } catch (cause) {
    throw new EngineError('internal', `failed to populate volume: ${messageOf(cause)}`, { cause });
  }
};

/** One of the configuration's `Volumes`: those have no mode. */
const isConfigured = ({ mode }: MountPoint): boolean => mode === '';

const overFile = ({ destination }: MountPoint, error: unknown): unknown => {
  if (errnoOf(error) !== 'ENOTDIR') return error;
  const text = `cannot mount volume over existing file, file exists ${destination}`;
  return new EngineError('internal', text, { cause: error });
};

/** Copies the image's content at a volume's destination into the volume, where that is new and empty. */
export const fillVolumes = async (
  deps: FillDeps,
  planned: readonly PlannedMount[],
  points: readonly MountPoint[],
  rootfs: Rootfs,
): Promise<void> => {
  for (const [index, point] of points.entries()) {
    if (point.type !== 'volume' || !planned[index]?.copyUp) continue;
    try {
      if (deps.volumes.needsMount(point.name)) await fillMounted(deps, point, rootfs);
      else await fillVolume(deps, point, rootfs, isOurs(deps, point));
    } catch (error) {
      throw isConfigured(point) ? overFile(point, error) : error;
    }
  }
};
