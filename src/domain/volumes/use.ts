// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { LOCAL, needsMount, type VolumeCatalog } from './catalog.ts';
import type { VolumeDrivers } from './driver.ts';
import type { Volume } from './volumes.ts';

export interface UseVolumeDeps {
  readonly catalog: VolumeCatalog;
  readonly drivers: VolumeDrivers;
  readonly log: Log;
}

/** Mounts a volume for `user`, and gives its path on this host. @throws not-found; internal `error while mounting volume …` */
export const mountVolume = async (deps: UseVolumeDeps, name: string, user: string): Promise<string> => {
  const { mountpoint } = deps.catalog.get(name);
  if (!needsMount(deps.catalog.get(name))) return mountpoint;
  using _lock = await deps.catalog.locks.lock(name);
  const volume = deps.catalog.get(name);
  const users = deps.catalog.users(name);
  const known = users.get(user);
  if (known !== undefined) return known;
  try {
    const driver = await deps.drivers.get(volume.driver);
    const path = await driver.mount(volume, { user, alone: users.size === 0 });
    users.set(user, path);
    return path;
  } catch (cause) {
    const text = `error while mounting volume '${volume.mountpoint}': ${messageOf(cause)}`;
    throw new EngineError('internal', text, { cause });
  }
};

const leave = async (deps: UseVolumeDeps, volume: Volume, user: string): Promise<void> => {
  const users = deps.catalog.users(volume.name);
  const path = users.get(user);
  if (path === undefined) return;
  // Whatever the driver answers: this user is gone.
  users.delete(user);
  const driver = await deps.drivers.get(volume.driver);
  await driver.unmount({ ...volume, mountpoint: path }, { user, alone: users.size === 0 });
};

/** Ends what `mountVolume` began. @throws what the driver says; the use has ended all the same */
export const unmountVolume = async (deps: UseVolumeDeps, name: string, user: string): Promise<void> => {
  const known = deps.catalog.find(name);
  if (!known || !needsMount(known)) return;
  using _lock = await deps.catalog.locks.lock(name);
  const volume = deps.catalog.find(name);
  if (volume) await leave(deps, volume, user);
};

/** Takes over a use by a container that ran on: a plugin is not asked again, and a local volume is mounted if it is not. */
export const adoptVolume = async (deps: UseVolumeDeps, name: string, user: string): Promise<void> => {
  const volume = deps.catalog.find(name);
  if (!volume || !needsMount(volume)) return;
  if (volume.driver === LOCAL) await mountVolume(deps, name, user);
  else deps.catalog.users(name).set(user, volume.mountpoint);
};

/** Unmounts local volumes that nobody uses. */
export const sweepVolumes = async (deps: UseVolumeDeps): Promise<void> => {
  for (const { name } of deps.catalog.all()) {
    using _lock = await deps.catalog.locks.lock(name);
    const volume = deps.catalog.find(name);
    if (!volume || volume.driver !== LOCAL || !needsMount(volume) || deps.catalog.users(name).size > 0)
      continue;
    try {
      const driver = await deps.drivers.get(LOCAL);
      await driver.unmount(volume, { user: '', alone: true });
    } catch (error) {
      deps.log.warn('a volume could not be unmounted', { volume: name, reason: messageOf(error) });
    }
  }
};
