// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { VolumeStore } from '../../adapters/store/index.ts';
import { ANONYMOUS, LOCAL, type VolumeCatalog } from './catalog.ts';
import { saying } from './create.ts';
import { checkVolumeName } from './volume-name.ts';
import type { Volume } from './volumes.ts';

export interface RenameVolumeDeps {
  readonly catalog: VolumeCatalog;
  readonly store: Pick<VolumeStore, 'mountpoint'>;
  readonly log: Log;
}

/** With a name of its own a volume is anonymous no longer, and goes with no container. */
const named = (volume: Volume, name: string, mountpoint: string): Volume => {
  const { createdFor: _, labels, ...rest } = volume;
  const { [ANONYMOUS]: _label, ...others } = labels ?? {};
  return { ...rest, ...(labels && { labels: others }), anonymous: false, name, mountpoint };
};

/** Tells all who have the volume; when each has written it down, the old name is free. */
const tell = async (
  { catalog, store }: Pick<RenameVolumeDeps, 'catalog' | 'store'>,
  from: string,
  to: string,
): Promise<void> => {
  const change = { from, to, oldMountpoint: store.mountpoint(from), mountpoint: store.mountpoint(to) };
  // One after the other: each waits for its container's lock.
  for (const holder of catalog.holding(to)) await holder.renamed(change);
  await catalog.forget(from);
};

const check = (catalog: VolumeCatalog, volume: Volume, newName: string): void => {
  if (volume.driver !== LOCAL)
    throw new EngineError('not-implemented', `volumes of driver '${volume.driver}' can't be renamed`);
  if (newName === volume.name)
    throw new EngineError('invalid-argument', 'the new name is the same as the current name');
  checkVolumeName(newName);
  const taken = catalog.find(newName);
  if (taken) throw new EngineError('conflict', `volume name '${newName}' is already in use`);
  if (catalog.holding(volume.name).some((holder) => !holder.isSettled()))
    throw new EngineError('conflict', 'volume is in use by a container that is being created');
};

/**
 * Gives a local volume another name. Containers that have it, running or not, have it by its new name when this returns.
 * @throws not-found; invalid-argument for a bad name; conflict for a taken one; not-implemented for a plugin's volume
 */
export const renameVolume = async (deps: RenameVolumeDeps, name: string, newName: string): Promise<Volume> =>
  saying(`rename ${name}`, async () => {
    if (newName === '') throw new EngineError('invalid-argument', 'the new name may not be empty');
    const { catalog } = deps;
    const { from, renamed } = await (async () => {
      // Always in one order: of two renames that cross, one waits.
      const [first = '', second = ''] = [name, newName].toSorted();
      using _first = await catalog.locks.lock(first);
      using _second = first === second ? undefined : await catalog.locks.lock(second);
      const volume = catalog.get(name);
      check(catalog, volume, newName);
      const next = named(volume, newName, deps.store.mountpoint(newName));
      await catalog.rename(volume, next);
      return { from: volume.name, renamed: next };
    })();
    await tell(deps, from, newName);
    return renamed;
  });

/** Ends renames that a crash cut short: containers learn what they have not heard. */
export const finishRenames = async (deps: RenameVolumeDeps): Promise<void> => {
  for (const [from, to] of deps.catalog.former()) {
    try {
      await tell(deps, from, to);
    } catch (error) {
      deps.log.warn('a volume keeps its former name beside its own', {
        volume: to,
        former: from,
        reason: messageOf(error),
      });
    }
  }
};
