// SPDX-License-Identifier: Apache-2.0
import type { HostConfig, Ulimit } from '../../spec/host-config.ts';
import type { ContainersConfig } from './deps.ts';
import type { HostFacts } from './oci-spec/oci-spec.ts';
import { DEFAULT_MASKED_PATHS, DEFAULT_READONLY_PATHS } from './oci-spec/protected-paths.ts';

/** Where the values come from that a request leaves open. */
export interface Defaults {
  readonly config: Pick<
    ContainersConfig,
    'defaultRuntime' | 'defaultShmSize' | 'defaultIpcMode' | 'defaultCgroupnsMode' | 'defaultUlimits'
  >;
  readonly host: Pick<HostFacts, 'cgroupVersion' | 'throttlePaths'>;
}

const cgroupnsMode = (asked: HostConfig, { config, host }: Defaults): string => {
  if (asked.cgroupnsMode !== '') return asked.cgroupnsMode;
  // On v1 a privileged container expects to see the host's hierarchy.
  if (asked.privileged && host.cgroupVersion === '1') return 'host';
  if (config.defaultCgroupnsMode !== '') return config.defaultCgroupnsMode;
  return host.cgroupVersion === '2' ? 'private' : 'host';
};

const mergeUlimits = (
  own: readonly Ulimit[] | undefined,
  defaults: readonly Ulimit[],
): readonly Ulimit[] | undefined => {
  if (defaults.length === 0) return own;
  const named = new Set((own ?? []).map(({ name }) => name));
  return [...(own ?? []), ...defaults.filter(({ name }) => !named.has(name))];
};

const NO_LABELS = 'label=disable';

/** Privileged containers have none of the guards that the others get by default. */
const guards = (
  asked: HostConfig,
  { host }: Defaults,
): Pick<HostConfig, 'maskedPaths' | 'readonlyPaths' | 'securityOpt'> => {
  const { maskedPaths, readonlyPaths, securityOpt } = asked;
  if (!asked.privileged) {
    return {
      maskedPaths: maskedPaths ?? [...DEFAULT_MASKED_PATHS, ...host.throttlePaths],
      readonlyPaths: readonlyPaths ?? DEFAULT_READONLY_PATHS,
      securityOpt,
    };
  }
  const labelled = (securityOpt ?? []).includes(NO_LABELS);
  return {
    maskedPaths,
    readonlyPaths,
    securityOpt: labelled ? securityOpt : [...(securityOpt ?? []), NO_LABELS],
  };
};

/** The host's side as `inspect` shows it: every value that was left open is written out. */
export const fillHostDefaults = (asked: HostConfig, defaults: Defaults): HostConfig => ({
  ...asked,
  ...guards(asked, defaults),
  networkMode: asked.networkMode === '' || asked.networkMode === 'default' ? 'bridge' : asked.networkMode,
  restartPolicy: { ...asked.restartPolicy, name: asked.restartPolicy.name || 'no' },
  shmSize: asked.shmSize || defaults.config.defaultShmSize,
  ipcMode: asked.ipcMode || defaults.config.defaultIpcMode,
  cgroupnsMode: cgroupnsMode(asked, defaults),
  runtime: asked.runtime || defaults.config.defaultRuntime,
  consoleSize: asked.consoleSize ?? [0, 0],
  ulimits: mergeUlimits(asked.ulimits, defaults.config.defaultUlimits),
});
