// SPDX-License-Identifier: Apache-2.0
import type { Compression } from '../../adapters/compression/index.ts';
import type { ContainerFiles } from '../../adapters/container-files/index.ts';
import type { Disk } from '../../adapters/disk/index.ts';
import type { VolumeMounts, VolumeQuotas } from '../../adapters/mounts/index.ts';
import { EngineError } from '../../base/errors.ts';
import type { IdMaps } from '../../spec/id-maps.ts';
import type { PluginDirectory } from '../plugins/index.ts';
import { type CatalogDeps, isPlain, needsMount, VolumeCatalog } from './catalog.ts';
import { createVolume } from './create.ts';
import { deleteVolume } from './delete.ts';
import { cloneVolume } from './clone.ts';
import { createDrivers } from './drivers.ts';
import { exportVolume } from './export.ts';
import { importVolume } from './import.ts';
import { createLocalDriver } from './local-driver.ts';
import { pruneVolumes, volumeUsage } from './prune.ts';
import { finishRenames, renameVolume } from './rename.ts';
import { inspectVolume, searchVolumes } from './search.ts';
import { adoptVolume, mountVolume, sweepVolumes, unmountVolume } from './use.ts';
import type { Volumes } from './volumes.ts';

export interface VolumesDeps extends CatalogDeps {
  readonly files: Pick<ContainerFiles, 'openDirectory'>;
  readonly compression: Compression;
  /** The containers' user namespace, when they have one. */
  readonly idMaps?: IdMaps;
  readonly mounts: VolumeMounts;
  readonly quotas: VolumeQuotas;
  /** Where local volumes lie. */
  readonly root: string;
  readonly plugins: PluginDirectory;
  readonly disk: Pick<Disk, 'contentSize'>;
}

const keepVolume = async (catalog: VolumeCatalog, name: string): Promise<void> => {
  using _lock = await catalog.locks.lock(name);
  const volume = catalog.find(name);
  if (volume?.createdFor === undefined) return;
  const { createdFor: _, ...kept } = volume;
  await catalog.change(kept);
};

const pathOf = (catalog: VolumeCatalog, name: string): string => {
  const [mounted] = catalog.users(name).values();
  return mounted ?? catalog.find(name)?.mountpoint ?? '';
};

/** Lets one prune run at a time. */
const oneAtATime = <Values extends readonly unknown[], Value>(
  work: (...values: Values) => Promise<Value>,
): ((...values: Values) => Promise<Value>) => {
  let busy = false;
  return async (...values) => {
    if (busy) throw new EngineError('conflict', 'a prune operation is already running');
    busy = true;
    try {
      return await work(...values);
    } finally {
      busy = false;
    }
  };
};

/** Who asks while an answer is being made gets the same: walks through all files are dear. */
const shareOngoing = <Value>(work: () => Promise<Value>): (() => Promise<Value>) => {
  let ongoing: Promise<Value> | undefined;
  return async () => {
    ongoing ??= work().finally(() => (ongoing = undefined));
    return ongoing;
  };
};

/** The volumes room. `restore` reads what is on disk and comes before anything else. */
export const createVolumes = (own: VolumesDeps): Volumes & { restore(): Promise<void> } => {
  const catalog = new VolumeCatalog(own);
  const drivers = createDrivers({ ...own, local: createLocalDriver({ ...own, catalog }) });
  const deps = { ...own, catalog, drivers };
  return {
    restore: async () => catalog.load(),
    list: () => catalog.all(),
    get: (name) => catalog.get(name),
    inspect: async (name) => inspectVolume(deps, name),
    search: async (filters) => searchVolumes(deps, filters),
    create: async (request, whenMade) => createVolume(deps, request, whenMade),
    delete: async (name, options) => deleteVolume(deps, name, options),
    rename: async (name, newName) => renameVolume(deps, name, newName),
    export: async (name) => exportVolume(deps, name),
    import: async (name, request) => importVolume(deps, name, request),
    clone: async (name, request) => cloneVolume(deps, name, request),
    prune: oneAtATime(async (filters, options) => pruneVolumes(deps, filters, options)),
    usage: shareOngoing(async () => volumeUsage(deps)),
    keep: async (name) => keepVolume(catalog, name),
    hold: (name, holder) => catalog.hold(name, holder),
    holders: (name) => catalog.holders(name),
    isPlain: (name) => isPlain(catalog.get(name)),
    needsMount: (name) => needsMount(catalog.get(name)),
    mount: async (name, user) => mountVolume(deps, name, user),
    unmount: async (name, user) => unmountVolume(deps, name, user),
    adopt: async (name, user) => adoptVolume(deps, name, user),
    pathOf: (name) => pathOf(catalog, name),
    sweep: async () => {
      await finishRenames(deps);
      await sweepVolumes(deps);
    },
  };
};
