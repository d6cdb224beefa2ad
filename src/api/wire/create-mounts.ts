// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { HostConfig, MountRequest } from '../../spec/host-config.ts';
import type { ApiVersion } from '../version.ts';

const refuse = (message: string): EngineError => new EngineError('invalid-argument', message);

/** Options that belong to one type of mount each. */
const OPTIONS = [
  ['bind', 'bindOptions', 'BindOptions'],
  ['volume', 'volumeOptions', 'VolumeOptions'],
  ['tmpfs', 'tmpfsOptions', 'TmpfsOptions'],
] as const;

const refuseStrayOptions = (mount: MountRequest): void => {
  for (const [type, property, name] of OPTIONS)
    if (mount[property] !== undefined && mount.type !== type && mount.type !== 'cluster')
      throw refuse(`${name} must not be specified on mount type "${mount.type}"`);
};

const refuseTooNew = (mount: MountRequest, api: ApiVersion): void => {
  if (api < 44 && mount.bindOptions?.readOnlyForceRecursive)
    throw refuse('BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer');
  if (api < 45 && mount.volumeOptions?.subpath)
    throw refuse('VolumeOptions.Subpath needs API v1.45 or newer');
  if (api < 48 && mount.type === 'image') throw refuse('Mount type "Image" needs API v1.48 or newer');
};

/** `bindOptions` with what older clients could not say, or could not mean. */
const migrateBind = (mount: MountRequest, api: ApiVersion): MountRequest => {
  const { bindOptions: options } = mount;
  const recursiveByDefault = api < 44 && mount.type === 'bind' && mount.readOnly;
  if (!options && !recursiveByDefault) return mount;
  return {
    ...mount,
    bindOptions: {
      propagation: options?.propagation ?? '',
      nonRecursive: api >= 40 && (options?.nonRecursive ?? false),
      createMountpoint: api >= 42 && (options?.createMountpoint ?? false),
      readOnlyNonRecursive: recursiveByDefault || (options?.readOnlyNonRecursive ?? false),
      readOnlyForceRecursive: options?.readOnlyForceRecursive ?? false,
    },
  };
};

const VOLUME_DRIVER_IGNORED =
  'WARNING: the container-wide volume-driver configuration is ignored for volumes specified via "mount". Use "--mount type=volume,volume-driver=..." instead';

const driverWarnings = ({ volumeDriver, mounts }: HostConfig, api: ApiVersion): readonly string[] => {
  const ignored = volumeDriver !== '' && (mounts ?? []).some(({ type }) => type === 'volume');
  return api >= 48 && ignored ? [VOLUME_DRIVER_IGNORED] : [];
};

/** The mounts of a create body as API 1.51 means them. @throws invalid-argument for options that the version does not have */
export const migrateMounts = (
  host: HostConfig,
  api: ApiVersion,
): { readonly hostConfig: HostConfig; readonly warnings: readonly string[] } => {
  if (!host.mounts) return { hostConfig: host, warnings: [] };
  for (const mount of host.mounts) {
    if (api >= 42) refuseStrayOptions(mount);
    refuseTooNew(mount, api);
  }
  const mounts = host.mounts.map((mount) => migrateBind(mount, api));
  return { hostConfig: { ...host, mounts }, warnings: driverWarnings(host, api) };
};
