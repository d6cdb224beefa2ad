// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { hostConfig as hostConfigCodec, type HostConfig } from '../../spec/host-config.ts';

const conflict = (text: string): EngineError => new EngineError('conflict', text);

/** What can be changed of a container that is there already; zero leaves it as it is. */
const CHANGEABLE = [
  'blkioWeight',
  'cpuShares',
  'nanoCpus',
  'cpuPeriod',
  'cpuQuota',
  'cpusetCpus',
  'cpusetMems',
  'memory',
  'memorySwap',
  'memoryReservation',
  'cpuRealtimePeriod',
  'cpuRealtimeRuntime',
] as const satisfies readonly (keyof HostConfig)[];

type Change = Partial<HostConfig>;

/** What of a request changes anything. */
const changesIn = (asked: HostConfig): Change => ({
  ...Object.fromEntries(
    CHANGEABLE.filter((key) => asked[key] !== hostConfigCodec.zero[key]).map((key) => [key, asked[key]]),
  ),
  ...(asked.pidsLimit !== undefined && { pidsLimit: Math.max(0, asked.pidsLimit) }),
});

/** CPU time is limited in one of two ways, which must not be mixed over several updates. */
const checkCpu = (present: HostConfig, asked: HostConfig): void => {
  const fault = (what: string, other: string): EngineError =>
    conflict(`Conflicting options: ${what} cannot be updated as ${other} has already been set`);
  if (asked.nanoCpus > 0 && present.cpuPeriod > 0) throw fault('Nano CPUs', 'CPU Period');
  if (asked.nanoCpus > 0 && present.cpuQuota > 0) throw fault('Nano CPUs', 'CPU Quota');
  if (asked.cpuPeriod > 0 && present.nanoCpus > 0) throw fault('CPU Period', 'NanoCPUs');
  if (asked.cpuQuota > 0 && present.nanoCpus > 0) throw fault('CPU Quota', 'NanoCPUs');
};

/** What an update makes of a container's configuration. */
export interface MergedUpdate {
  readonly hostConfig: HostConfig;
  /** The request with nothing but what it changes, for the kernel to be told. */
  readonly live: HostConfig;
}

/** @throws conflict where the request contradicts what was set before */
export const mergeUpdate = (present: HostConfig, asked: HostConfig): MergedUpdate => {
  checkCpu(present, asked);
  if (asked.memory > present.memorySwap && asked.memorySwap === 0 && asked.memory !== 0) {
    throw conflict(
      'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time',
    );
  }
  const { restartPolicy } = asked;
  if (present.autoRemove && !['', 'no'].includes(restartPolicy.name)) {
    throw conflict('Restart policy cannot be updated because AutoRemove is enabled for the container');
  }
  const changes = changesIn(asked);
  return {
    hostConfig: { ...present, ...changes, ...(restartPolicy.name !== '' && { restartPolicy }) },
    live: { ...hostConfigCodec.zero, ...changes },
  };
};
