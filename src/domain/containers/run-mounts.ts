// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Disposer } from '../../base/disposal.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Container, MountPoint } from './container.ts';
import type { Core } from './core.ts';
import { hasProcess } from './state.ts';
import { isUnmapped, rootOwnerOf } from './user-namespace.ts';

export type RunMountDeps = Pick<
  Core,
  'mounts' | 'mountDirectory' | 'store' | 'images' | 'volumes' | 'idMaps'
>;

/** Where `/dev/shm` of a container lies that lets others share it. Source: containers.md §18, `mounts/shm`. */
export const sharedMemoryPath = ({ store }: Pick<Core, 'store'>, id: Container['id']): string =>
  join(store.directory(id), 'mounts', 'shm');

const ownsSharedMemory = ({ hostConfig }: Container): boolean => hostConfig.ipcMode === 'shareable';

/** Images, and parts of volumes: the runtime binds whole directories of the host, so that these need a place first. */
const needsPlace = ({ type, subpath }: MountPoint): boolean => type === 'image' || subpath !== undefined;

const placeOf = ({ mountDirectory }: Pick<Core, 'mountDirectory'>, id: string, index: number): string =>
  join(mountDirectory, id, String(index));

/** Where a volume is mounted now: a plugin may tell only then. */
const volumePath = ({ volumes }: Pick<Core, 'volumes'>, { type, name, source }: MountPoint): string =>
  (type === 'volume' && volumes.pathOf(name)) || source;

/** Host paths by destination of mount points that stand elsewhere than their record says while the container runs. */
export const placedSources = (
  deps: Pick<Core, 'mountDirectory' | 'volumes'>,
  { id, mountPoints }: Container,
): ReadonlyMap<string, string> =>
  new Map(
    mountPoints.flatMap((point, index) => {
      if (needsPlace(point)) return [[point.destination, placeOf(deps, id, index)] as const];
      const path = volumePath(deps, point);
      return path === point.source ? [] : [[point.destination, path] as const];
    }),
  );

const placePoint = async (
  deps: RunMountDeps,
  { hostConfig }: Container,
  point: MountPoint,
  place: string,
): Promise<void> => {
  const { type, imageId, name, subpath = '' } = point;
  if (type !== 'image') return deps.mounts.mountInside(volumePath(deps, point), subpath, place);
  const image = imageId && deps.images.find(imageId);
  if (!image) throw new EngineError('not-found', `No such image: ${name}`);
  const layers = await deps.images.viewLayers(image, { unmapped: isUnmapped(hostConfig) });
  return deps.mounts.mountLayers(layers, subpath, place);
};

const hasRunMounts = (container: Container): boolean =>
  ownsSharedMemory(container) || container.mountPoints.some(needsPlace);

/** Takes away what a run had mounted on the host for it; of one that had nothing, nothing. */
export const releaseRunMounts = (deps: RunMountDeps, container: Container): void => {
  if (ownsSharedMemory(container)) deps.mounts.release(sharedMemoryPath(deps, container.id));
  if (container.mountPoints.some(needsPlace)) deps.mounts.release(join(deps.mountDirectory, container.id));
};

/**
 * Mounts on the host what the runtime is to bind: shared memory that others may join, images, parts of volumes.
 * On a failure `acquired` takes it away. @throws not-found for a path that a volume does not have
 */
export const placeRunMounts = async (
  deps: RunMountDeps,
  container: Container,
  acquired: Disposer,
): Promise<void> => {
  if (!hasRunMounts(container)) return;
  // What a crash or an end that failed left behind would lie beneath.
  releaseRunMounts(deps, container);
  acquired.defer(() => releaseRunMounts(deps, container));
  const { id, hostConfig } = container;
  if (ownsSharedMemory(container)) {
    const place = sharedMemoryPath(deps, id);
    deps.mounts.mountMemory(place, hostConfig.shmSize, rootOwnerOf(deps, container));
  }
  await placePoints(deps, container);
};

const placePoints = async (deps: RunMountDeps, container: Container): Promise<void> => {
  for (const [index, point] of container.mountPoints.entries())
    if (needsPlace(point)) await placePoint(deps, container, point, placeOf(deps, container.id, index));
};

/** Mounts images and parts of volumes for a look into a container that does not run; for the length of `acquired`. @throws as `placeRunMounts` */
export const placeForView = async (
  deps: RunMountDeps,
  container: Container,
  acquired: Disposer,
): Promise<void> => {
  if (hasProcess(container.state) || !container.mountPoints.some(needsPlace)) return;
  const folder = join(deps.mountDirectory, container.id);
  deps.mounts.release(folder);
  acquired.defer(() => deps.mounts.release(folder));
  await placePoints(deps, container);
};

/** Takes away what a crash left mounted for containers that do not run. */
export const sweepRunMounts = (
  deps: RunMountDeps & Pick<Core, 'ledger' | 'log'>,
  isInUse: (id: Container['id']) => boolean,
): void => {
  for (const container of deps.ledger.all())
    if (!isInUse(container.id) && ownsSharedMemory(container)) releaseRunMounts(deps, container);
  for (const place of deps.mounts.places(deps.mountDirectory)) {
    const [id = ''] = place.slice(deps.mountDirectory.length + 1).split('/');
    if (isInUse(id as Container['id'])) continue;
    try {
      deps.mounts.release(join(deps.mountDirectory, id));
    } catch (error) {
      deps.log.warn('a mount could not be taken away', { place, reason: messageOf(error) });
    }
  }
};
