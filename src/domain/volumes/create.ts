// SPDX-License-Identifier: Apache-2.0
import { EngineError, kindOf, messageOf } from '../../base/errors.ts';
import { randomId } from '../../base/ids.ts';
import { now } from '../../base/time.ts';
import type { VolumeStore } from '../../adapters/store/index.ts';
import { ANONYMOUS, LOCAL, type VolumeCatalog } from './catalog.ts';
import type { VolumeDriver, VolumeDrivers } from './driver.ts';
import type { Volume, VolumeRequest } from './volumes.ts';

export interface CreateVolumeDeps {
  readonly catalog: VolumeCatalog;
  readonly drivers: VolumeDrivers;
  readonly store: Pick<VolumeStore, 'mountpoint'>;
}

/** Runs `work`; its failure says what was asked: `create x: …`. */
export const saying = async <Value>(what: string, work: () => Promise<Value>): Promise<Value> => {
  try {
    return await work();
  } catch (cause) {
    throw new EngineError(kindOf(cause), `${what}: ${messageOf(cause)}`, { cause });
  }
};

/** The volume of that name; `undefined` when there is none, or when its driver has lost it. @throws conflict for another driver's */
const findExisting = async (
  { catalog }: CreateVolumeDeps,
  name: string,
  driver: VolumeDriver,
): Promise<Volume | undefined> => {
  const known = catalog.find(name);
  if (!known) return undefined;
  if (known.driver !== driver.name)
    throw new EngineError(
      'conflict',
      `driver '${known.driver}' already has volume '${name}': volume name must be unique`,
    );
  return driver.name === LOCAL || (await driver.find(name)) ? known : undefined;
};

const mountpointOf = async (
  { store }: CreateVolumeDeps,
  driver: VolumeDriver,
  name: string,
): Promise<string> =>
  driver.name === LOCAL ? store.mountpoint(name) : ((await driver.find(name))?.mountpoint ?? '');

const make = async (
  deps: CreateVolumeDeps,
  name: string,
  driver: VolumeDriver,
  request: VolumeRequest,
): Promise<Volume> => {
  const anonymous = (request.name ?? '') === '';
  const { options, createdFor } = request;
  // A volume that a plugin has already is taken as it is.
  const found = driver.name === LOCAL ? undefined : await driver.find(name);
  if (!found) await driver.create(name, options ?? {});
  const labels = anonymous ? { [ANONYMOUS]: '', ...request.labels } : request.labels;
  const volume: Volume = {
    name,
    driver: driver.name,
    mountpoint: found?.mountpoint ?? (await mountpointOf(deps, driver, name)),
    created: now(),
    anonymous,
    ...(anonymous && createdFor !== undefined && { createdFor }),
    ...(labels && { labels }),
    ...(options && { options }),
    ...(driver.scope === 'global' && { scope: driver.scope }),
  };
  await deps.catalog.add(volume, (made) => driver.prepare?.(made));
  return volume;
};

/**
 * Makes a volume, or gives back the one that there is.
 * @throws invalid-argument for bad names and options; conflict for another driver's; not-found for an unknown driver
 */
export const createVolume = async (
  deps: CreateVolumeDeps,
  request: VolumeRequest,
  whenMade: (volume: Volume) => void = () => undefined,
): Promise<Volume> => {
  const name = request.name || randomId<string>();
  return saying(`create ${name}`, async () => {
    // Who names no driver means the volume of that name, whoever has it.
    const driver = await deps.drivers.get(request.driver || deps.catalog.find(name)?.driver || LOCAL);
    using _lock = await deps.catalog.locks.lock(name);
    const volume = (await findExisting(deps, name, driver)) ?? (await make(deps, name, driver, request));
    whenMade(volume);
    return volume;
  });
};
