// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../../base/ids.ts';
import { now } from '../../../base/time.ts';
import type { Container } from '../container.ts';
import type { Core } from '../core.ts';
import { networkDonor } from '../network-mode.ts';
import { cgroupDirectory } from '../oci-spec/cgroups.ts';
import { hasProcess } from '../state.ts';
import type { Sample } from './container-stats.ts';

export type SampleDeps = Pick<Core, 'ledger' | 'config' | 'host' | 'cgroups'>;

/** Interfaces of networks; what a container makes of its own (`tun0`) does not count. */
const OF_A_NETWORK = /^eth\d+$/;

/** True when the container, or the one whose network it shares, uses the host's. */
const usesHostNetwork = (deps: SampleDeps, container: Container, seen: Set<ContainerId>): boolean => {
  const { networkMode } = container.hostConfig;
  const donor = networkDonor(networkMode);
  if (donor === undefined) return networkMode === 'host';
  const found = deps.ledger.get(donor as ContainerId);
  if (!found || seen.has(found.id)) return false;
  return usesHostNetwork(deps, found, seen.add(found.id));
};

const interfacesOf = (deps: SampleDeps, container: Container, pid: number): Sample['interfaces'] => {
  if (usesHostNetwork(deps, container, new Set())) return new Map();
  const all: Sample['interfaces'] = deps.cgroups.interfaces(pid);
  return new Map([...all].filter(([name]) => OF_A_NETWORK.test(name)));
};

/** Reads what a container has used; `undefined` when it does not run. */
export const takeSample = (deps: SampleDeps, container: Container): Sample | undefined => {
  const { state } = container;
  if (!hasProcess(state)) return undefined;
  const { cgroupParent } = deps.config.current;
  const usage = deps.cgroups.usage(cgroupDirectory({ container, cgroupParent, host: deps.host }));
  if (!usage) return undefined;
  return {
    read: now(),
    usage,
    machine: deps.cgroups.machine(),
    machineMemory: deps.host.memory,
    interfaces: interfacesOf(deps, container, state.pid),
  };
};
