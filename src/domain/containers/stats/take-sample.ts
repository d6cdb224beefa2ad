// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../../base/ids.ts';
import { now } from '../../../base/time.ts';
import type { Container } from '../container.ts';
import type { ContainersDeps } from '../deps.ts';
import type { Ledger } from '../ledger.ts';
import { networkDonor } from '../network-mode.ts';
import { cgroupDirectory } from '../oci-spec/cgroups.ts';
import { hasProcess } from '../state.ts';
import type { Sample } from './container-stats.ts';

export interface SampleDeps extends Pick<ContainersDeps, 'config' | 'host' | 'cgroups'> {
  readonly ledger: Pick<Ledger, 'get' | 'resolve'>;
}

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

type Machine = Sample['machine'];

const sampleOf = (
  deps: SampleDeps,
  container: Container,
  readUsage: () => Sample['usage'] | undefined,
  readMachine: () => Machine,
): Sample | undefined => {
  const { state } = container;
  if (!hasProcess(state)) return undefined;
  const usage = readUsage();
  if (!usage) return undefined;
  return {
    read: now(),
    usage,
    machine: readMachine(),
    machineMemory: deps.host.memory,
    interfaces: interfacesOf(deps, container, state.pid),
  };
};

const groupOf = ({ config, host }: SampleDeps, container: Container): string =>
  cgroupDirectory({ container, cgroupParent: config.current.cgroupParent, host });

/** Reads what a container has used; `undefined` when it does not run. */
export const takeSample = (deps: SampleDeps, container: Container): Sample | undefined =>
  sampleOf(
    deps,
    container,
    () => deps.cgroups.usage(groupOf(deps, container)),
    () => deps.cgroups.machine(),
  );

/** A container that is sampled again and again. */
export interface SampledContainer extends Disposable {
  /** As `takeSample`; `machine` is read once for all containers that are looked at in one round. */
  sample(container: Container, machine: () => Machine): Sample | undefined;
}

/** Makes ready for many samples of one container. */
export const watchSamples = (deps: SampleDeps, container: Container): SampledContainer => {
  const group = deps.cgroups.watch(groupOf(deps, container));
  return {
    sample: (current, machine) => sampleOf(deps, current, () => group.usage(), machine),
    [Symbol.dispose]: () => group[Symbol.dispose](),
  };
};
