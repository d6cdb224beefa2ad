// SPDX-License-Identifier: Apache-2.0
import type { Disposer } from '../../base/disposal.ts';
import { messageOf } from '../../base/errors.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';

export type VolumeUseDeps = Pick<Core, 'volumes' | 'log'>;

const volumeNames = ({ mountPoints }: Container): ReadonlySet<string> =>
  new Set(mountPoints.flatMap(({ type, name }) => (type === 'volume' ? [name] : [])));

const leaveVolume = async (deps: VolumeUseDeps, name: string, user: string): Promise<void> => {
  try {
    await deps.volumes.unmount(name, user);
  } catch (error) {
    deps.log.warn('a volume could not be unmounted', { volume: name, user, reason: messageOf(error) });
  }
};

/** Has the container's volumes mounted for `user`, for as long as `acquired` lives. @throws as `Volumes.mount` */
export const useVolumes = async (
  deps: VolumeUseDeps,
  container: Container,
  user: string,
  acquired: Disposer,
): Promise<void> => {
  for (const name of volumeNames(container)) {
    await deps.volumes.mount(name, user);
    acquired.defer(async () => leaveVolume(deps, name, user));
  }
};

/** The run is over: its volumes are free. */
export const leaveVolumes = async (deps: VolumeUseDeps, container: Container): Promise<void> => {
  for (const name of volumeNames(container)) await leaveVolume(deps, name, container.id);
};

/** A run that an earlier daemon began uses its volumes on. */
export const adoptVolumes = async (deps: VolumeUseDeps, container: Container): Promise<void> => {
  for (const name of volumeNames(container)) {
    try {
      await deps.volumes.adopt(name, container.id);
    } catch (error) {
      deps.log.warn('a volume in use could not be taken over', { volume: name, reason: messageOf(error) });
    }
  }
};
