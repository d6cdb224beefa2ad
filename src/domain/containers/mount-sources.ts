// SPDX-License-Identifier: Apache-2.0
import { lstatSync } from 'node:fs';
import { chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Disposer } from '../../base/disposal.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import { errnoOf } from '../../sys/errno.ts';
import { describeSystemError } from '../../sys/errno-text.ts';
import { planMount } from './mount-requests.ts';
import type { Owner } from '../../spec/id-maps.ts';
import type { Images } from '../images/index.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { Volume, Volumes } from '../volumes/index.ts';
import type { MountPoint } from './container.ts';
import type { PlannedMount } from './planned-mount.ts';

/** Why nothing can be found at `path`; `undefined` when something is there. */
const whyMissing = async (path: string): Promise<unknown> =>
  stat(path).then(
    () => undefined,
    (error: unknown) => error,
  );

const refuseSource = (source: string, cause: unknown): EngineError => {
  const missing = errnoOf(cause) === 'ENOENT';
  const why = missing ? `bind source path does not exist: ${source}` : describeSystemError(cause);
  const text = `invalid mount config for type "bind": ${why ?? messageOf(cause)}`;
  return new EngineError('invalid-argument', text, { cause });
};

/** @throws invalid-argument for a bind that needs its source to be there */
export const checkBindSources = async (mounts: readonly PlannedMount[]): Promise<void> => {
  for (const { type, source, createSource } of mounts) {
    if (type !== 'bind' || createSource) continue;
    const cause = await whyMissing(source);
    if (cause !== undefined) throw refuseSource(source, cause);
  }
};

/** The same of what a client asked for in `Mounts`, before each start of his. @throws invalid-argument */
export const checkRequestedSources = async ({ mounts }: Pick<HostConfig, 'mounts'>): Promise<void> =>
  checkBindSources((mounts ?? []).filter(({ type }) => type === 'bind').map(planMount));

const makeVolume = async (
  mount: PlannedMount,
  { id, volumes, making }: MakePointDeps,
  acquired: Disposer,
): Promise<Volume> => {
  const holder = { container: id, isSettled: () => false, renamed: async () => Promise.resolve() };
  const request = {
    createdFor: id,
    ...(mount.anonymous ? {} : { name: mount.name }),
    driver: mount.driver,
    ...(mount.volumeLabels && { labels: mount.volumeLabels }),
    ...(mount.volumeOptions && { options: mount.volumeOptions }),
  };
  const volume = await volumes.create(request, ({ name }) => void making.use(volumes.hold(name, holder)));
  // A named volume may be somebody else's by now; an anonymous one goes with the container that failed to be.
  if (mount.anonymous) acquired.defer(async () => volumes.delete(volume.name, { force: true }));
  return volume;
};

interface MakePointDeps {
  /** The container that the points are for. */
  readonly id: ContainerId;
  readonly volumes: Volumes;
  readonly images: Pick<Images, 'resolve'>;
  /** Lives until the container has its own holds. */
  readonly making: DisposableStack;
}

/** The mount points as they are kept, their volumes made; on a failure `acquired` takes anonymous ones away again. @throws not-found for an unknown image */
export const makeMountPoints = async (
  mounts: readonly PlannedMount[],
  deps: MakePointDeps,
  acquired: Disposer,
): Promise<readonly MountPoint[]> => {
  const points: MountPoint[] = [];
  for (const mount of mounts) {
    const { anonymous: _a, copyUp: _c, volumeLabels: _l, volumeOptions: _o, ...point } = mount;
    if (mount.type === 'image')
      points.push({ ...point, imageId: point.imageId ?? deps.images.resolve(mount.name).id });
    else if (mount.type !== 'volume') points.push(point);
    else {
      const { name, mountpoint, driver } = await makeVolume(mount, deps, acquired);
      points.push({ ...point, name, source: mountpoint, driver });
    }
  }
  return points;
};

/** Makes a directory; those above it that are missing get the same owner. */
const makeSource = async (source: string, owner: Owner | undefined): Promise<void> => {
  const first = await mkdir(source, { recursive: true, mode: 0o755 });
  if (!owner || first === undefined) return;
  for (let path = source; path.length >= first.length; path = dirname(path))
    await chown(path, owner.uid, owner.gid);
};

/** A link that leads nowhere is in the way, whatever Node says. */
const whyNotMade = async (source: string, cause: unknown): Promise<string> => {
  const isLink = errnoOf(cause) === 'ENOENT' || errnoOf(cause) === 'ENOTDIR';
  for (let path = source; isLink && path !== '/'; path = dirname(path))
    if (lstatSync(path, { throwIfNoEntry: false })) return `mkdir ${path}: file exists`;
  return describeSystemError(cause) ?? messageOf(cause);
};

/** Makes the directories that binds of the old form (`-v`) do not require to exist: the container's root's own. @throws internal */
export const makeBindSources = async (
  points: readonly MountPoint[],
  owner: Owner | undefined,
): Promise<void> => {
  for (const { type, source, createSource } of points) {
    if (type !== 'bind' || !createSource) continue;
    const missing = await whyMissing(source);
    // What lies below a file is the runtime's to refuse.
    if (missing === undefined || errnoOf(missing) === 'ENOTDIR') continue;
    try {
      await makeSource(source, owner);
    } catch (cause) {
      const text = `error while creating mount source path '${source}': ${await whyNotMade(source, cause)}`;
      throw new EngineError('internal', text, { cause });
    }
  }
};
