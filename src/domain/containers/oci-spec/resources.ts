// SPDX-License-Identifier: Apache-2.0
import type { HostConfig } from '../../../spec/host-config.ts';
import type { RuntimeResources } from '../../../spec/oci-runtime.ts';
import type { HostFacts } from './oci-spec.ts';

type Limits = Omit<RuntimeResources, 'devices' | 'blockIO'>;

/** The period to which `NanoCpus` refers, in microseconds. */
const NANO_CPU_PERIOD = 100_000;

const positive = <Key extends string>(
  key: Key,
  value: number | undefined,
): { readonly [K in Key]?: number } =>
  value !== undefined && value > 0 ? ({ [key]: value } as { readonly [K in Key]?: number }) : {};

const nonEmpty = <Part extends object>(part: Part): Part | undefined =>
  Object.keys(part).length === 0 ? undefined : part;

const swap = (config: HostConfig, host: HostFacts): { readonly swap?: number } =>
  host.swapAccounting && config.memorySwap !== 0 ? { swap: config.memorySwap } : {};

const memory = (config: HostConfig, host: HostFacts): Limits['memory'] =>
  nonEmpty({
    ...positive('limit', config.memory),
    ...positive('reservation', config.memoryReservation),
    ...swap(config, host),
    ...positive('kernel', config.kernelMemory),
    ...positive('kernelTCP', config.kernelMemoryTCP),
    ...(config.memorySwappiness !== undefined && config.memorySwappiness >= 0
      ? { swappiness: config.memorySwappiness }
      : {}),
    ...(config.oomKillDisable === true && host.cgroupVersion === '1' ? { disableOOMKiller: true } : {}),
  });

const time = (config: HostConfig): { readonly quota?: number; readonly period?: number } =>
  config.nanoCpus > 0
    ? { period: NANO_CPU_PERIOD, quota: Math.floor((config.nanoCpus * NANO_CPU_PERIOD) / 1e9) }
    : {
        ...positive('period', config.cpuPeriod),
        ...(config.cpuQuota === 0 ? {} : { quota: config.cpuQuota }),
      };

const cpu = (config: HostConfig): Limits['cpu'] =>
  nonEmpty({
    ...positive('shares', config.cpuShares),
    ...time(config),
    ...positive('realtimePeriod', config.cpuRealtimePeriod),
    ...positive('realtimeRuntime', config.cpuRealtimeRuntime),
    ...(config.cpusetCpus === '' ? {} : { cpus: config.cpusetCpus }),
    ...(config.cpusetMems === '' ? {} : { mems: config.cpusetMems }),
  });

/** Memory, CPU and process limits: of a start, and of a live update too. */
export const resourceShares = (config: HostConfig, host: HostFacts): Limits => {
  const limits = { memory: memory(config, host), cpu: cpu(config), pids: pids(config) };
  return Object.fromEntries(Object.entries(limits).filter(([, part]) => part !== undefined));
};

/** The runtime takes -1 for no limit. */
const pids = ({ pidsLimit }: HostConfig): Limits['pids'] => {
  if (pidsLimit === undefined) return undefined;
  return { limit: pidsLimit > 0 ? pidsLimit : -1 };
};
