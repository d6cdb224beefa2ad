// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import { parseIp } from '../../spec/ip.ts';
import { checkCapabilities } from './oci-spec/capabilities.ts';
import type { HostFacts } from './oci-spec/oci-spec.ts';
import { parseSecurityOptions } from './oci-spec/security-options.ts';
import { validatePortBindings } from './ports.ts';
import { validateRestartPolicy } from './restart-policy.ts';

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

/** True for `container:<something>`. */
const joinsContainer = (mode: string): boolean => /^container:.+$/.test(mode);

const checkNamespaceModes = ({ ipcMode, pidMode, utsMode, usernsMode, cgroupnsMode }: HostConfig): void => {
  if (!['', 'none', 'host', 'private', 'shareable'].includes(ipcMode) && !ipcMode.startsWith('container:'))
    throw invalid(`invalid IPC mode: ${ipcMode}`);
  if (!['', 'host', 'private'].includes(pidMode) && !joinsContainer(pidMode))
    throw invalid(`invalid PID mode: ${pidMode}`);
  if (!['', 'host', 'private'].includes(utsMode)) throw invalid(`invalid UTS mode: ${utsMode}`);
  if (!['', 'host', 'private'].includes(usernsMode)) throw invalid(`invalid userns mode: ${usernsMode}`);
  if (!['', 'host', 'private'].includes(cgroupnsMode))
    throw invalid(`invalid cgroup namespace mode: ${cgroupnsMode}`);
};

const checkExtraHosts = (entries: readonly string[]): void => {
  for (const entry of entries) {
    const at = entry.indexOf(':');
    const address = entry.slice(at + 1);
    if (at < 1 || address === '') throw invalid(`bad format for add-host: ${JSON.stringify(entry)}`);
    if (address !== 'host-gateway' && !parseIp(address.replace(/^\[(.*)\]$/, '$1')))
      throw invalid(`invalid IP address in add-host: ${JSON.stringify(address)}`);
  }
};

const checkNumbers = ({ oomScoreAdj, shmSize, isolation, annotations }: HostConfig): void => {
  if (oomScoreAdj < -1000 || oomScoreAdj > 1000) {
    throw invalid(`Invalid value ${oomScoreAdj}, range for oom score adj is [-1000, 1000]`);
  }
  if (shmSize < 0) throw invalid('SHM size can not be less than 0');
  if (!['', 'default'].includes(isolation))
    throw invalid(`invalid isolation (${isolation}): linux only supports 'default'`);
  if (Object.hasOwn(annotations ?? {}, '')) {
    throw invalid('invalid Annotations: the empty string is not permitted as an annotation key');
  }
};

const checkRestart = ({ restartPolicy, autoRemove }: HostConfig): void => {
  validateRestartPolicy(restartPolicy);
  if (autoRemove && !['', 'no'].includes(restartPolicy.name))
    throw invalid("can't create 'AutoRemove' container with restart policy");
};

/** What the daemon offers, as far as a request can be at odds with it. */
export interface HostLimits {
  readonly host: HostFacts;
  readonly runtimes: readonly string[];
}

/** Checks all of the host's side but resources, networks and mounts. @throws invalid-argument or internal in Docker's words */
export const validateHostConfig = (hostConfig: HostConfig, limits: HostLimits): void => {
  checkRestart(hostConfig);
  checkCapabilities(hostConfig, limits.host.capabilities);
  checkExtraHosts(hostConfig.extraHosts ?? []);
  validatePortBindings(hostConfig);
  checkNumbers(hostConfig);
  checkNamespaceModes(hostConfig);
  parseSecurityOptions(hostConfig.securityOpt);
  if (hostConfig.runtime !== '' && !limits.runtimes.includes(hostConfig.runtime))
    throw invalid(`unknown or invalid runtime name: ${hostConfig.runtime}`);
  if (limits.host.cgroupDriver === 'systemd' && !/^(.*\.slice)?$/.test(hostConfig.cgroupParent)) {
    throw invalid('cgroup-parent for systemd cgroup should be a valid slice named as "xxx.slice"');
  }
};
