// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Rootfs } from '../images/index.ts';
import type { RuntimeSpec } from '../../spec/oci-runtime.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import type { DonatedNamespaces } from './namespace-donors.ts';
import type { NetworkSetup } from './network-setup.ts';
import { injectDevices } from './devices/device-drivers.ts';
import { buildSpec } from './oci-spec/build-spec.ts';
import type { HostDevices, ResolvedUser, SpecInput } from './oci-spec/oci-spec.ts';
import { lookAtDevice, resolveDevices } from './oci-spec/resolve-devices.ts';
import { placedSources, sharedMemoryPath } from './run-mounts.ts';
import { userNamespaceOf } from './joined-user-namespace.ts';

/** What was found out and built before a runtime spec can be written. */
export interface RunParts {
  readonly container: Container;
  readonly rootfs: Rootfs;
  readonly network: NetworkSetup;
  readonly donated: DonatedNamespaces;
  readonly user: ResolvedUser;
  /** What its links tell its process. */
  readonly linkEnv: readonly string[];
}

const filled = (list: readonly unknown[] | undefined): boolean => (list?.length ?? 0) > 0;

/** Looking at /dev costs time: only who asks for devices pays for it. */
const devices = ({ hostConfig }: Container): HostDevices | undefined => {
  const limits = [
    hostConfig.devices,
    hostConfig.blkioWeightDevice,
    hostConfig.blkioDeviceReadBps,
    hostConfig.blkioDeviceWriteBps,
    hostConfig.blkioDeviceReadIOps,
    hostConfig.blkioDeviceWriteIOps,
  ];
  return hostConfig.privileged || limits.some(filled) ? resolveDevices(hostConfig) : undefined;
};

/** docker-init goes first in a PID namespace of the container's own, when it is asked for. */
const initPath = (deps: Pick<Core, 'config'>, { hostConfig }: Container): string | undefined => {
  const { init, initPath: path } = deps.config.current;
  if (!(hostConfig.init ?? init) || !['', 'private'].includes(hostConfig.pidMode)) return undefined;
  if (path !== undefined) return path;
  throw new EngineError('internal', 'exec: "docker-init": executable file not found in $PATH');
};

const withDevices = (
  { config, programs, log }: Pick<Core, 'config' | 'programs' | 'log'>,
  { id, hostConfig }: Container,
  spec: RuntimeSpec,
): RuntimeSpec => {
  const { features, cdiSpecDirectories } = config.current;
  const deps = {
    findProgram: (name: string) => programs.find(name),
    cdiSpecDirectories,
    cdi: features['cdi'] ?? true,
    look: lookAtDevice,
    warn: (errors: readonly string[]) =>
      log.with({ container: id }).warn('some device descriptions are wrong', { errors: errors.join('; ') }),
  };
  return injectDevices(deps, spec, hostConfig.deviceRequests ?? []);
};

type SpecDeps = Pick<
  Core,
  'config' | 'host' | 'idMaps' | 'store' | 'mountDirectory' | 'volumes' | 'programs' | 'log'
>;

/** The OCI runtime spec of one run. @throws internal: Docker answers whatever is found wrong this late by a 500 */
export const runSpec = (deps: SpecDeps, parts: RunParts): object => {
  try {
    return makeSpec(deps, parts);
  } catch (error) {
    throw new EngineError('internal', messageOf(error), { cause: error });
  }
};

const makeSpec = (deps: SpecDeps, parts: RunParts): object => {
  const { container, rootfs, network, donated, user, linkEnv } = parts;
  const init = initPath(deps, container);
  const shm =
    container.hostConfig.ipcMode === 'shareable'
      ? sharedMemoryPath(deps, container.id)
      : donated.sharedMemory;
  const found = devices(container);
  const userNamespace = userNamespaceOf(deps, container, donated);
  const input: SpecInput = {
    container,
    rootfs,
    user,
    linkEnv,
    host: deps.host,
    cgroupParent: deps.config.current.cgroupParent,
    defaultUlimits: deps.config.current.defaultUlimits,
    noNewPrivileges: deps.config.current.noNewPrivileges,
    ...network.spec,
    ...(userNamespace && { userNamespace }),
    ...(donated.pid !== undefined && { pidNamespace: donated.pid }),
    ...(donated.ipc !== undefined && { ipcNamespace: donated.ipc }),
    ...(shm !== undefined && { shmPath: shm }),
    placedSources: placedSources(deps, container),
    ...(init !== undefined && { initPath: init }),
    ...(found && { devices: found }),
  };
  return withDevices(deps, container, buildSpec(input));
};
