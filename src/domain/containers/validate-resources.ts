// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import { parseCpuList } from './cpu-list.ts';
import type { HostFacts } from './oci-spec/oci-spec.ts';

/** What is left of a request after the host's abilities were looked at, and what has to be said about it. */
export interface CheckedHostConfig {
  readonly hostConfig: HostConfig;
  readonly warnings: readonly string[];
}

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

const KERNEL = 'Your kernel does not support';
/** Below this a container can't start at all (containers.md §2, `Memory`). */
const SMALLEST_MEMORY = 6 * 1024 * 1024;

type Resources = HostConfig;

/** Takes limits away that the kernel can't keep, with a warning each. */
const dropUnsupported = (asked: Resources, host: HostFacts): CheckedHostConfig => {
  const warnings: string[] = [];
  let hostConfig = asked;
  const drop = (unwanted: boolean, change: Partial<HostConfig>, warning: string): void => {
    if (!unwanted) return;
    hostConfig = { ...hostConfig, ...change };
    warnings.push(warning);
  };
  const has = (controller: string): boolean => host.controllers.has(controller);
  drop(
    asked.memory > 0 && !has('memory'),
    { memory: 0, memorySwap: -1 },
    `${KERNEL} memory limit capabilities or the cgroup is not mounted. Limitation discarded.`,
  );
  drop(
    hostConfig.memory > 0 && hostConfig.memorySwap !== -1 && !host.swapAccounting,
    { memorySwap: -1 },
    `${KERNEL} swap limit capabilities or the cgroup is not mounted. Memory limited without swap.`,
  );
  const { memorySwappiness: swappiness } = asked;
  drop(
    swappiness !== undefined && swappiness !== -1 && (!has('memory') || host.cgroupVersion === '2'),
    { memorySwappiness: undefined },
    `${KERNEL} memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.`,
  );
  drop(
    asked.memoryReservation > 0 && !has('memory'),
    { memoryReservation: 0 },
    `${KERNEL} memory soft limit capabilities or the cgroup is not mounted. Limitation discarded.`,
  );
  drop(
    (asked.pidsLimit ?? 0) > 0 && !has('pids'),
    { pidsLimit: undefined },
    `${KERNEL} PIDs limit capabilities or the cgroup is not mounted. PIDs limit discarded.`,
  );
  drop(
    asked.cpuShares > 0 && !has('cpu'),
    { cpuShares: 0 },
    `${KERNEL} CPU shares or the cgroup is not mounted. Shares discarded.`,
  );
  drop(
    (asked.cpuPeriod !== 0 || asked.cpuQuota !== 0) && !has('cpu'),
    { cpuPeriod: 0, cpuQuota: 0 },
    `${KERNEL} CPU cfs period or the cgroup is not mounted. Period discarded.`,
  );
  drop(
    (asked.cpusetCpus !== '' || asked.cpusetMems !== '') && !has('cpuset'),
    { cpusetCpus: '', cpusetMems: '' },
    `${KERNEL} cpuset or the cgroup is not mounted. Cpuset discarded.`,
  );
  const hasWeights = has('blkio') && host.ioWeight;
  drop(
    asked.blkioWeight > 0 && !hasWeights,
    { blkioWeight: 0 },
    `${KERNEL} Block I/O weight or the cgroup is not mounted. Weight discarded.`,
  );
  drop(
    (asked.blkioWeightDevice ?? []).length > 0 && !hasWeights,
    { blkioWeightDevice: [] },
    `${KERNEL} Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.`,
  );
  drop(asked.cpuPercent > 0, { cpuPercent: 0 }, 'linux does not support CPU percent. Percent discarded.');
  drop(
    asked.oomKillDisable === true && host.cgroupVersion === '2',
    { oomKillDisable: undefined },
    `${KERNEL} OomKillDisable. OomKillDisable discarded.`,
  );
  return { hostConfig, warnings };
};

const checkMemory = (asked: Resources, isUpdate: boolean): void => {
  const { memory, memorySwap, memoryReservation, memorySwappiness } = asked;
  if (memory !== 0 && memory < SMALLEST_MEMORY) throw invalid('Minimum memory limit allowed is 6MB');
  if (memory > 0 && memorySwap > 0 && memorySwap < memory)
    throw invalid('Minimum memoryswap limit should be larger than memory limit, see usage');
  // An update may leave the memory limit as it is.
  if (memory === 0 && memorySwap > 0 && !isUpdate)
    throw invalid('You should always set the Memory limit when using Memoryswap limit, see usage');
  if (memorySwappiness !== undefined && (memorySwappiness < -1 || memorySwappiness > 100))
    throw invalid(`Invalid value: ${memorySwappiness}, valid memory swappiness range is 0-100`);
  if (memoryReservation > 0 && memoryReservation < SMALLEST_MEMORY)
    throw invalid('Minimum memory reservation allowed is 6MB');
  if (memory > 0 && memoryReservation > 0 && memory < memoryReservation) {
    throw invalid('Minimum memory limit can not be less than memory reservation limit, see usage');
  }
};

const checkCpuShare = (asked: Resources, host: HostFacts): void => {
  const { nanoCpus, cpuPeriod, cpuQuota, cpuShares } = asked;
  if (cpuShares < 0) throw invalid(`invalid CPU shares (${cpuShares}): value must be a positive integer`);
  const both = (other: string): EngineError =>
    invalid(`Conflicting options: Nano CPUs and CPU ${other} cannot both be set`);
  if (nanoCpus > 0 && cpuPeriod > 0) throw both('Period');
  if (nanoCpus > 0 && cpuQuota > 0) throw both('Quota');
  // The kernel keeps a period of 100 ms: less than a hundredth of a CPU would be less than its shortest quota.
  if (nanoCpus !== 0 && (nanoCpus < 1e7 || nanoCpus > host.cpus * 1e9)) {
    throw invalid(
      `range of CPUs is from 0.01 to ${host.cpus}.00, as there are only ${host.cpus} CPUs available`,
    );
  }
  if (cpuPeriod !== 0 && (cpuPeriod < 1000 || cpuPeriod > 1_000_000)) {
    throw invalid('CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)');
  }
  if (cpuQuota > 0 && cpuQuota < 1000) throw invalid('CPU cfs quota can not be less than 1ms (i.e. 1000)');
};

const checkCpuset = (asked: Resources, host: HostFacts): void => {
  const read = (what: string, text: string): readonly number[] => {
    const list = parseCpuList(text);
    if (!list) throw invalid(`Invalid value ${text} for cpuset ${what}: invalid format: ${text}`);
    return list;
  };
  if (read('cpus', asked.cpusetCpus).some((cpu) => cpu >= host.cpus)) {
    const available = host.cpus === 1 ? '0' : `0-${host.cpus - 1}`;
    throw invalid(
      `Requested CPUs are not available - requested ${asked.cpusetCpus}, available: ${available}`,
    );
  }
  const online = parseCpuList(host.memoryNodes) ?? [];
  if (read('mems', asked.cpusetMems).some((node) => !online.includes(node))) {
    throw invalid(
      `Requested memory nodes are not available - requested ${asked.cpusetMems}, available: ${host.memoryNodes}`,
    );
  }
};

const checkRest = (asked: Resources): void => {
  if (asked.blkioWeight !== 0 && (asked.blkioWeight < 10 || asked.blkioWeight > 1000))
    throw invalid('Range of blkio weight is from 10 to 1000');
  const { ioMaximumBandwidth, ioMaximumIOps, cpuRealtimePeriod: period, cpuRealtimeRuntime } = asked;
  const quality = (what: string): EngineError =>
    invalid(`invalid QoS settings: linux does not support configuration of maximum ${what}`);
  if (ioMaximumBandwidth !== 0) throw quality('bandwidth');
  if (ioMaximumIOps !== 0) throw quality('IOPs');
  if (period !== 0 && cpuRealtimeRuntime > period)
    throw invalid('cpu real-time runtime cannot be higher than cpu real-time period');
};

/** The value a limit gets where the request leaves it open. */
const fillIn = (asked: HostConfig, host: HostFacts): HostConfig => ({
  ...asked,
  memorySwap: asked.memory > 0 && asked.memorySwap === 0 ? asked.memory * 2 : asked.memorySwap,
  memorySwappiness: asked.memorySwappiness === -1 ? undefined : asked.memorySwappiness,
  oomKillDisable: host.cgroupVersion === '1' ? (asked.oomKillDisable ?? false) : asked.oomKillDisable,
});

const OOM_WITHOUT_LIMIT =
  'OOM killer is disabled for the container, but no memory limit is set, this can result in the system running ' +
  'out of resources.';

const check = (asked: HostConfig, host: HostFacts, isUpdate: boolean): CheckedHostConfig => {
  const { hostConfig, warnings } = dropUnsupported(asked, host);
  checkMemory(hostConfig, isUpdate);
  checkCpuShare(hostConfig, host);
  checkCpuset(hostConfig, host);
  checkRest(hostConfig);
  const unlimited = hostConfig.oomKillDisable === true && hostConfig.memory === 0;
  return { hostConfig, warnings: unlimited ? [...warnings, OOM_WITHOUT_LIMIT] : warnings };
};

/** Memory, CPU and I/O limits as this host can keep them. @throws invalid-argument in Docker's words */
export const checkResources = (asked: HostConfig, host: HostFacts): CheckedHostConfig => {
  const { hostConfig, warnings } = check(asked, host, false);
  return { hostConfig: fillIn(hostConfig, host), warnings };
};

/** The same for a change of a container that is there: what is left open stays as it is. @throws invalid-argument */
export const checkUpdate = (asked: HostConfig, host: HostFacts): CheckedHostConfig =>
  check(asked, host, true);
