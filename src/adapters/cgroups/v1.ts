// SPDX-License-Identifier: Apache-2.0
import type { BlockIoEntry, BlockIoUsage, CgroupUsage, CpuUsage, MemoryUsage } from './cgroups.ts';
import { readCounter, readKeyed, type ReadText, scale } from './counters.ts';

/** Nanoseconds of one tick of the clock that `cpuacct.stat` counts in: USER_HZ is 100 on Linux, whatever HZ is. */
const TICK = 10_000_000;

/** Limits from here on are none: the kernel gives the largest number of whole pages. */
const UNLIMITED = 2n ** 62n;

type Directory = (controller: string) => string | undefined;

const readCpu = (read: ReadText, directory: Directory): CpuUsage | undefined => {
  const accounting = directory('cpuacct');
  const total = accounting === undefined ? undefined : read(`${accounting}/cpuacct.usage`);
  if (total === undefined) return undefined;
  const times = readKeyed(read(`${accounting}/cpuacct.stat`));
  const scheduling = directory('cpu');
  const limits = readKeyed(scheduling === undefined ? undefined : read(`${scheduling}/cpu.stat`));
  return {
    total: readCounter(total),
    perCpu: (read(`${accounting}/cpuacct.usage_percpu`) ?? '')
      .split(/\s+/)
      .filter((text) => text !== '')
      .map(readCounter),
    kernel: scale(times.get('system') ?? 0, TICK),
    user: scale(times.get('user') ?? 0, TICK),
    periods: limits.get('nr_periods') ?? 0,
    throttledPeriods: limits.get('nr_throttled') ?? 0,
    throttledTime: limits.get('throttled_time') ?? 0,
  };
};

const readMemory = (read: ReadText, directory: string | undefined): MemoryUsage | undefined => {
  const usage = directory === undefined ? undefined : read(`${directory}/memory.usage_in_bytes`);
  if (usage === undefined) return undefined;
  const limit = readCounter(read(`${directory}/memory.limit_in_bytes`));
  return {
    usage: readCounter(usage),
    maxUsage: readCounter(read(`${directory}/memory.max_usage_in_bytes`)),
    ...(limit < UNLIMITED && { limit }),
    failures: readCounter(read(`${directory}/memory.failcnt`)),
    stats: readKeyed(read(`${directory}/memory.stat`)),
  };
};

const readPids = (read: ReadText, directory: string | undefined): CgroupUsage['pids'] => {
  const current = directory === undefined ? undefined : read(`${directory}/pids.current`);
  if (current === undefined) return undefined;
  const limit = read(`${directory}/pids.max`)?.trim() ?? 'max';
  return { current: readCounter(current), ...(limit !== 'max' && { limit: readCounter(limit) }) };
};

/** Lines `8:0 Read 4096`; a list without operations has two fields, the total is left out. */
const readEntries = (text: string | undefined): readonly BlockIoEntry[] =>
  (text ?? '').split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const [device = '', second = '', third] = fields;
    const [major = '', minor = ''] = device.split(':');
    if (fields.length < 2 || minor === '') return [];
    const [op, value] = third === undefined ? ['', second] : [second, third];
    return [{ major: Number(major), minor: Number(minor), op, value: readCounter(value) }];
  });

const readBlockIo = (read: ReadText, directory: string | undefined): BlockIoUsage | undefined => {
  if (directory === undefined) return undefined;
  const list = (name: string): readonly BlockIoEntry[] => readEntries(read(`${directory}/blkio.${name}`));
  const scheduled = read(`${directory}/blkio.io_serviced_recursive`);
  if (scheduled === undefined) {
    // Without CFQ only the throttling layer counts; its recursive lists came with Linux 5.x.
    const first = (name: string): readonly BlockIoEntry[] =>
      readEntries(
        read(`${directory}/blkio.throttle.${name}_recursive`) ?? read(`${directory}/blkio.throttle.${name}`),
      );
    return { serviceBytes: first('io_service_bytes'), serviced: first('io_serviced') };
  }
  return {
    serviceBytes: list('io_service_bytes_recursive'),
    serviced: readEntries(scheduled),
    queued: list('io_queued_recursive'),
    serviceTime: list('io_service_time_recursive'),
    waitTime: list('io_wait_time_recursive'),
    merged: list('io_merged_recursive'),
    time: list('time_recursive'),
    sectors: list('sectors_recursive'),
  };
};

/** What a group of the v1 hierarchies has used, `mounts` by controller. Source: the kernel's cgroup-v1 documents. */
export const readV1 = (
  read: ReadText,
  mounts: ReadonlyMap<string, string>,
  path: string,
): CgroupUsage | undefined => {
  const directory: Directory = (controller) => {
    const mount = mounts.get(controller);
    return mount === undefined ? undefined : mount + path;
  };
  const cpu = readCpu(read, directory);
  if (!cpu) return undefined;
  const memory = readMemory(read, directory('memory'));
  const pids = readPids(read, directory('pids'));
  const blockIo = readBlockIo(read, directory('blkio'));
  return {
    version: '1',
    cpu,
    ...(memory && { memory }),
    ...(pids && { pids }),
    ...(blockIo && { blockIo }),
  };
};
