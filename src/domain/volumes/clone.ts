// SPDX-License-Identifier: Apache-2.0
import type { VolumeMounts } from '../../adapters/mounts/index.ts';
import type { VolumeStore } from '../../adapters/store/index.ts';
import { Disposer } from '../../base/disposal.ts';
import { EngineError } from '../../base/errors.ts';
import { now } from '../../base/time.ts';
import { ANONYMOUS, LOCAL } from './catalog.ts';
import { saying } from './create.ts';
import { checkNew, keepNew } from './import.ts';
import { readVolume } from './read-volume.ts';
import type { UseVolumeDeps } from './use.ts';
import type { Volume, VolumeClone } from './volumes.ts';

export interface CloneVolumeDeps extends UseVolumeDeps {
  readonly store: Pick<VolumeStore, 'stage' | 'mountpoint'>;
  readonly mounts: Pick<VolumeMounts, 'copyFiles'>;
}

/** The labels of a volume, but for the one that tells an anonymous one. */
const labelsOf = ({ labels }: Volume): Volume['labels'] => {
  if (!labels) return undefined;
  const { [ANONYMOUS]: _, ...others } = labels;
  return others;
};

/**
 * Makes a local volume with the files of another one, of any driver: blocks are shared where the file system can, else copied.
 * Containers may write meanwhile; what they do shows in the clone or does not. All of it or nothing.
 * @throws not-found; conflict for a taken name; invalid-argument for a bad one; insufficient-storage; cancelled
 */
export const cloneVolume = async (
  deps: CloneVolumeDeps,
  name: string,
  { newName, labels, signal }: VolumeClone,
): Promise<Volume> =>
  saying(`clone ${name}`, async () => {
    if (newName === '') throw new EngineError('invalid-argument', 'the name of the clone may not be empty');
    await using held = new Disposer();
    const { volume: source, path } = await readVolume(deps, name, held);
    checkNew(deps.catalog, newName);
    const staged = held.use(await deps.store.stage());
    await deps.mounts.copyFiles(path, staged.directory, signal);
    const given = labels ?? labelsOf(source);
    const volume = await keepNew(deps.catalog, staged, {
      name: newName,
      driver: LOCAL,
      mountpoint: deps.store.mountpoint(newName),
      created: now(),
      anonymous: false,
      ...(given && { labels: given }),
    });
    deps.catalog.publish('clone', volume, { from: source.name });
    return volume;
  });
