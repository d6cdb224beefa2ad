// SPDX-License-Identifier: Apache-2.0
import type { RuntimeProcess } from '../../../spec/oci-runtime.ts';
import { boundingCapabilities, processCapabilities } from './capabilities.ts';
import { processEnvironment } from './environment.ts';
import type { SpecInput } from './oci-spec.ts';
import { resourceLimits } from './rlimits.ts';
import { parseSecurityOptions } from './security-options.ts';

/** What container and exec processes have in common. */
export type ProcessInput = Pick<
  SpecInput,
  'container' | 'host' | 'user' | 'defaultUlimits' | 'noNewPrivileges' | 'linkEnv'
>;

/** The size a terminal starts with, unless it is left open (0). */
export const consoleSize = (size: readonly number[] | undefined): Pick<RuntimeProcess, 'consoleSize'> => {
  const [height = 0, width = 0] = size ?? [];
  return height > 0 && width > 0 ? { consoleSize: { height, width } } : {};
};

/** Limits and confinement of any process in the container: its user's, its bounding set, its security options. */
export const confinement = (
  { container, host, user, defaultUlimits, noNewPrivileges }: ProcessInput,
  bounding: readonly string[],
): Pick<
  RuntimeProcess,
  'user' | 'capabilities' | 'rlimits' | 'noNewPrivileges' | 'apparmorProfile' | 'oomScoreAdj'
> => {
  const { hostConfig, appArmorProfile } = container;
  const security = parseSecurityOptions(hostConfig.securityOpt, noNewPrivileges);
  const armored = host.appArmor && appArmorProfile !== '' && appArmorProfile !== 'unconfined';
  return {
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
    capabilities: processCapabilities(bounding, user.uid),
    rlimits: resourceLimits(hostConfig.ulimits ?? [], defaultUlimits, host),
    noNewPrivileges: security.noNewPrivileges,
    ...(armored ? { apparmorProfile: appArmorProfile } : {}),
    oomScoreAdj: hostConfig.oomScoreAdj,
  };
};

/** The container's first process. */
export const containerProcess = (input: SpecInput): RuntimeProcess => {
  const { config, hostConfig, path, args } = input.container;
  const command = [path, ...args];
  return {
    terminal: config.tty,
    ...(config.tty ? consoleSize(hostConfig.consoleSize) : {}),
    ...confinement(input, boundingCapabilities(hostConfig, input.host.capabilities)),
    args: input.initPath === undefined ? command : ['/sbin/docker-init', '--', ...command],
    env: processEnvironment({
      hostname: config.hostname,
      tty: config.tty,
      links: input.linkEnv ?? [],
      env: config.env ?? [],
    }),
    cwd: config.workingDir === '' ? '/' : config.workingDir,
  };
};
