// SPDX-License-Identifier: Apache-2.0
import { messageOf } from '../../base/errors.ts';
import { ZERO_TIME } from '../../base/time.ts';
import { compileGoPattern } from '../../spec/go-pattern.ts';
import { booleanFilter, type Filters, matchLabels, refuseUnknownFilters } from '../../spec/filters.ts';
import { LOCAL, noSuchVolume, type VolumeCatalog } from './catalog.ts';
import { saying } from './create.ts';
import type { DriverVolume, VolumeDriver, VolumeDrivers } from './driver.ts';
import type { Volume, VolumeDetails } from './volumes.ts';

export interface SearchDeps {
  readonly catalog: VolumeCatalog;
  readonly drivers: VolumeDrivers;
}

const KNOWN = ['dangling', 'driver', 'label', 'name'];

/** As Docker's filter has it: the name itself, or a pattern that fits somewhere in it. What is no pattern fits nothing. */
const matchesName = (pattern: string, name: string): boolean => {
  if (pattern === name) return true;
  try {
    return compileGoPattern(pattern).test(name);
  } catch {
    return false;
  }
};

const isWanted = (filters: Filters, catalog: VolumeCatalog): ((volume: Volume) => boolean) => {
  refuseUnknownFilters(filters, KNOWN);
  const dangling = booleanFilter(filters, 'dangling');
  const { driver = [], name = [], label } = filters;
  return (volume) =>
    (driver.length === 0 || driver.includes(volume.driver)) &&
    (name.length === 0 || name.some((pattern) => matchesName(pattern, volume.name))) &&
    matchLabels(label, volume.labels) &&
    (dangling === undefined || (catalog.holders(volume.name).length === 0) === dangling);
};

/** A volume that only its driver knows of. */
const foreign = (driver: VolumeDriver, { name, mountpoint, created = ZERO_TIME }: DriverVolume): Volume => ({
  name,
  driver: driver.name,
  mountpoint,
  created,
  anonymous: false,
  ...(driver.scope === 'global' && { scope: driver.scope }),
});

const listOf = async (
  driver: VolumeDriver,
): Promise<{ readonly volumes: readonly Volume[]; readonly warnings: readonly string[] }> => {
  try {
    // What a plugin does not name can't be asked for; of two of one name the first counts.
    const byName = new Map<string, Volume>();
    for (const volume of await driver.list())
      if (volume.name !== '' && !byName.has(volume.name)) byName.set(volume.name, foreign(driver, volume));
    return { volumes: [...byName.values()], warnings: [] };
  } catch (error) {
    return { volumes: [], warnings: [`list ${driver.name}: ${messageOf(error)}`] };
  }
};

/** All volumes that the filters let through. @throws invalid-argument for bad filters */
export const searchVolumes = async (
  { catalog, drivers }: SearchDeps,
  filters: Filters,
): Promise<{ readonly volumes: readonly Volume[]; readonly warnings: readonly string[] }> => {
  const wanted = isWanted(filters, catalog);
  const found = await drivers.all();
  const remote = found.drivers.filter(({ name }) => name !== LOCAL);
  const lists = await Promise.all(remote.map(listOf));
  const others = lists.flatMap(({ volumes }) => volumes).filter(({ name }) => !catalog.find(name));
  return {
    volumes: [...catalog.all(), ...others].filter(wanted),
    warnings: [...found.warnings, ...lists.flatMap(({ warnings }) => warnings)],
  };
};

const inspectKnown = async (volume: Volume, driver: VolumeDriver): Promise<VolumeDetails> => {
  const found = await driver.find(volume.name);
  if (!found) throw noSuchVolume(volume.name);
  const { mountpoint, status, created } = found;
  return { ...volume, mountpoint, ...(created !== undefined && { created }), ...(status && { status }) };
};

/** A volume with what its driver says of it now. @throws not-found; unavailable when its driver does not answer */
export const inspectVolume = async (
  { catalog, drivers }: SearchDeps,
  name: string,
): Promise<VolumeDetails> => {
  const known = catalog.find(name);
  if (known?.driver === LOCAL) return known;
  if (known) {
    const driver = await saying(`get ${name}`, async () => drivers.get(known.driver));
    return inspectKnown(known, driver);
  }
  const { drivers: all } = await drivers.all();
  for (const driver of all.filter((each) => each.name !== LOCAL)) {
    const found = await driver.find(name).catch(() => undefined);
    if (found) return { ...foreign(driver, found), ...(found.status && { status: found.status }) };
  }
  throw noSuchVolume(name);
};
