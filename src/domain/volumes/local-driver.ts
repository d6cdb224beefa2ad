// SPDX-License-Identifier: Apache-2.0
import type { VolumeMounts, VolumeQuotas } from '../../adapters/mounts/index.ts';
import { EngineError } from '../../base/errors.ts';
import { LOCAL, needsMount, type VolumeCatalog } from './catalog.ts';
import type { VolumeDriver } from './driver.ts';
import { checkLocalOptions } from './local-options.ts';
import { checkVolumeName } from './volume-name.ts';
import type { Volume } from './volumes.ts';

export interface LocalDriverDeps {
  readonly catalog: Pick<VolumeCatalog, 'all' | 'find'>;
  readonly mounts: VolumeMounts;
  readonly quotas: VolumeQuotas;
  /** Where the volumes lie. */
  readonly root: string;
}

const attach = async (mounts: VolumeMounts, { mountpoint, options }: Volume): Promise<void> => {
  const { type = '', device = '', o = '' } = options ?? {};
  if (device === '') throw new EngineError('internal', 'missing device in volume options');
  await mounts.attach({ device, type, options: o, target: mountpoint });
};

/** Directories of the engine's own, and on them what `type`, `device` and `o` name. */
export const createLocalDriver = ({ catalog, mounts, quotas, root }: LocalDriverDeps): VolumeDriver => {
  const own = (): readonly Volume[] => catalog.all().filter(({ driver }) => driver === LOCAL);
  const hasQuotas = (): boolean => quotas.isSupported(root);
  return {
    name: LOCAL,
    scope: 'local',
    create: async (name, options) => {
      checkVolumeName(name);
      checkLocalOptions(options, hasQuotas);
      return Promise.resolve();
    },
    prepare: ({ mountpoint, options }) => {
      const bytes = checkLocalOptions(options ?? {}, hasQuotas);
      if (bytes > 0) quotas.limit(mountpoint, bytes);
    },
    // Nothing of what is mounted may go with the directory.
    remove: async ({ mountpoint }) => {
      const [inUse] = mounts.detach(mountpoint);
      if (inUse === undefined) return Promise.resolve();
      const why = `unlinkat ${inUse}: device or resource busy`;
      throw new EngineError('internal', `error removing volume path '${mountpoint}': ${why}`);
    },
    mount: async (volume) => {
      // What stands already is of an earlier daemon.
      if (needsMount(volume) && !mounts.isMounted(volume.mountpoint)) await attach(mounts, volume);
      return volume.mountpoint;
    },
    unmount: async (volume, { alone }) => {
      if (alone && needsMount(volume)) mounts.detach(volume.mountpoint);
      return Promise.resolve();
    },
    find: async (name) => Promise.resolve(own().find((volume) => volume.name === name)),
    list: async () => Promise.resolve(own()),
  };
};
