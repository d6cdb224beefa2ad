// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { Disposer } from '../../base/disposal.ts';
import { needsMount } from './catalog.ts';
import { mountVolume, unmountVolume, type UseVolumeDeps } from './use.ts';
import type { Volume } from './volumes.ts';

/**
 * Makes a volume's files readable as a whole, for as long as `held` lives: it can't be removed, and is mounted if it has to be.
 * Containers may go on to write. Gives the volume and the path of its files. @throws not-found; internal as `mountVolume`
 */
export const readVolume = async (
  deps: UseVolumeDeps,
  name: string,
  held: Disposer,
): Promise<{ readonly volume: Volume; readonly path: string }> => {
  const volume = deps.catalog.get(name);
  held.use(deps.catalog.read(volume.name));
  if (!needsMount(volume)) return { volume, path: volume.mountpoint };
  const user = `read-${randomUUID()}`;
  const path = await mountVolume(deps, volume.name, user);
  held.defer(async () => unmountVolume(deps, volume.name, user));
  return { volume, path };
};
