// SPDX-License-Identifier: Apache-2.0
import { formatRfc3339Nano, ZERO_TIME } from '../../base/time.ts';
import type { ContainerStats, Sample } from '../../domain/containers/index.ts';

type Usage = Sample['usage'];
type Counter = Usage['cpu']['total'];
type Entries = NonNullable<Usage['blockIo']>['serviceBytes'];

/** What V8 has and the types do not know yet: a number's text as it is. */
interface RawJson {
  rawJSON(text: string): object;
}

/** Counts beyond 2^53 keep all their digits. */
const number = (count: Counter): number | object =>
  typeof count === 'number' ? count : (JSON as unknown as RawJson).rawJSON(String(count));

const TWICE = [
  'cache',
  'rss',
  'rss_huge',
  'mapped_file',
  'dirty',
  'writeback',
  'pgpgin',
  'pgpgout',
  'pgfault',
];
const TWICE_TOO = [
  'pgmajfault',
  'inactive_anon',
  'active_anon',
  'inactive_file',
  'active_file',
  'unevictable',
];

/** The lines of `memory.stat` that Docker tells (containers.md §12), in the order of its JSON. */
const MEMORY_KEYS: Readonly<Record<Usage['version'], readonly string[]>> = {
  '1': [
    ...[...TWICE, ...TWICE_TOO].flatMap((key) => [key, `total_${key}`]),
    'hierarchical_memory_limit',
    'hierarchical_memsw_limit',
  ].toSorted(),
  '2': (
    'active_anon active_file anon anon_thp file file_dirty file_mapped file_writeback inactive_anon inactive_file ' +
    'kernel_stack pgactivate pgdeactivate pgfault pglazyfree pglazyfreed pgmajfault pgrefill pgscan pgsteal shmem slab ' +
    'slab_reclaimable slab_unreclaimable sock thp_collapse_alloc thp_fault_alloc unevictable workingset_activate ' +
    'workingset_nodereclaim workingset_refault'
  ).split(' '),
};

const cpuBody = (sample: Sample | undefined): object => {
  const cpu = sample?.usage.cpu;
  return {
    cpu_usage: {
      total_usage: number(cpu?.total ?? 0),
      ...(cpu?.perCpu && { percpu_usage: cpu.perCpu.map(number) }),
      usage_in_kernelmode: number(cpu?.kernel ?? 0),
      usage_in_usermode: number(cpu?.user ?? 0),
    },
    ...(sample && {
      system_cpu_usage: number(sample.machine.cpuTime),
      online_cpus: sample.machine.processors,
    }),
    throttling_data: {
      periods: number(cpu?.periods ?? 0),
      throttled_periods: number(cpu?.throttledPeriods ?? 0),
      throttled_time: number(cpu?.throttledTime ?? 0),
    },
  };
};

/** A field that Go leaves out when it is zero. */
const unlessZero = (key: string, count: Counter | undefined): object =>
  count === undefined || Number(count) === 0 ? {} : { [key]: number(count) };

const memoryBody = (sample: Sample | undefined): object => {
  const memory = sample?.usage.memory;
  if (!sample || !memory) return {};
  const { limit = sample.machineMemory } = memory;
  const keys = MEMORY_KEYS[sample.usage.version];
  return {
    ...unlessZero('usage', memory.usage),
    ...unlessZero('max_usage', memory.maxUsage),
    stats: Object.fromEntries(keys.map((key) => [key, number(memory.stats.get(key) ?? 0)])),
    ...unlessZero('failcnt', memory.failures),
    limit: number(limit > sample.machineMemory ? sample.machineMemory : limit),
  };
};

const entriesBody = (entries: Entries): readonly object[] =>
  entries.map(({ major, minor, op, value }) => ({ major, minor, op, value: number(value) }));

const blockIoBody = (sample: Sample | undefined): object => {
  const io = sample?.usage.blockIo;
  // v1 has every list, counted or not; v2 has the first alone.
  const rest = io && sample?.usage.version === '1' ? [] : undefined;
  const list = (entries: Entries | undefined): readonly object[] | null =>
    entries ? entriesBody(entries) : null;
  return {
    io_service_bytes_recursive: list(io?.serviceBytes),
    io_serviced_recursive: list(io?.serviced ?? rest),
    io_queue_recursive: list(io?.queued ?? rest),
    io_service_time_recursive: list(io?.serviceTime ?? rest),
    io_wait_time_recursive: list(io?.waitTime ?? rest),
    io_merged_recursive: list(io?.merged ?? rest),
    io_time_recursive: list(io?.time ?? rest),
    sectors_recursive: list(io?.sectors ?? rest),
  };
};

const networksBody = (sample: Sample | undefined): object => {
  if (!sample || sample.interfaces.size === 0) return {};
  const bodies = [...sample.interfaces].map(([name, counters]): [string, object] => [
    name,
    {
      rx_bytes: number(counters.rxBytes),
      rx_packets: number(counters.rxPackets),
      rx_errors: number(counters.rxErrors),
      rx_dropped: number(counters.rxDropped),
      tx_bytes: number(counters.txBytes),
      tx_packets: number(counters.txPackets),
      tx_errors: number(counters.txErrors),
      tx_dropped: number(counters.txDropped),
    },
  ]);
  return { networks: Object.fromEntries(bodies) };
};

const pidsBody = (sample: Sample | undefined): object => ({
  ...unlessZero('current', sample?.usage.pids?.current),
  ...unlessZero('limit', sample?.usage.pids?.limit),
});

/** Engine API, `StatsResponse`. */
export const statsBody = ({ container, current, previous }: ContainerStats): object => ({
  name: `/${container.name}`,
  id: container.id,
  read: formatRfc3339Nano(current?.read ?? ZERO_TIME),
  preread: formatRfc3339Nano(previous?.read ?? ZERO_TIME),
  pids_stats: pidsBody(current),
  blkio_stats: blockIoBody(current),
  num_procs: 0,
  storage_stats: {},
  cpu_stats: cpuBody(current),
  precpu_stats: cpuBody(previous),
  memory_stats: memoryBody(current),
  ...networksBody(current),
});
