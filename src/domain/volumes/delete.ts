// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { noSuchVolume, type VolumeCatalog } from './catalog.ts';
import { saying } from './create.ts';
import type { VolumeDrivers } from './driver.ts';
import type { Volume } from './volumes.ts';

export interface DeleteVolumeDeps {
  readonly catalog: VolumeCatalog;
  readonly drivers: VolumeDrivers;
  readonly log: Log;
}

const letGo = async (deps: DeleteVolumeDeps, volume: Volume, force: boolean): Promise<void> => {
  const { name } = volume;
  try {
    const driver = await deps.drivers.get(volume.driver);
    await driver.remove(volume);
  } catch (error) {
    if (!force) throw error;
    deps.log.warn('the record of a volume goes without its driver', {
      volume: name,
      reason: messageOf(error),
    });
  }
};

/** Removes a volume that nobody has. @throws conflict while held; not-found unless forced; what its driver says, unless forced */
export const deleteVolume = async (
  deps: DeleteVolumeDeps,
  name: string,
  { force }: { readonly force: boolean },
): Promise<void> => {
  using _lock = await deps.catalog.locks.lock(name);
  const volume = deps.catalog.find(name);
  if (!volume) {
    if (force) return;
    throw noSuchVolume(name);
  }
  await saying(`remove ${name}`, async () => {
    const holders = deps.catalog.holders(name);
    if (holders.length > 0) throw new EngineError('conflict', `volume is in use - [${holders.join(', ')}]`);
    if (deps.catalog.isRead(name))
      throw new EngineError('conflict', 'volume is in use - [its files are being exported or cloned]');
    await letGo(deps, volume, force && volume.driver !== 'local');
    await deps.catalog.remove(volume);
  });
};
