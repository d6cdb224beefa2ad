// SPDX-License-Identifier: Apache-2.0
import type { BlockIoEntry, CgroupUsage, Counter, CpuUsage, MemoryUsage } from './cgroups.ts';
import { readCounter, readKeyed, type ReadText, scale } from './counters.ts';

/** Nanoseconds of a microsecond. */
const MICROSECOND = 1000;

/** A file that holds a number or `max`; `undefined` for no limit. */
const readLimit = (text: string | undefined): Counter | undefined => {
  const limit = text?.trim() ?? 'max';
  return limit === 'max' ? undefined : readCounter(limit);
};

const readCpu = (text: string): CpuUsage => {
  const found = readKeyed(text);
  const time = (key: string): Counter => scale(found.get(key) ?? 0, MICROSECOND);
  return {
    total: time('usage_usec'),
    kernel: time('system_usec'),
    user: time('user_usec'),
    periods: found.get('nr_periods') ?? 0,
    throttledPeriods: found.get('nr_throttled') ?? 0,
    throttledTime: time('throttled_usec'),
  };
};

const readMemory = (read: ReadText, directory: string): MemoryUsage | undefined => {
  const usage = read(`${directory}/memory.current`);
  if (usage === undefined) return undefined;
  const limit = readLimit(read(`${directory}/memory.max`));
  return {
    usage: readCounter(usage),
    ...(limit !== undefined && { limit }),
    failures: readKeyed(read(`${directory}/memory.events`)).get('oom') ?? 0,
    stats: readKeyed(read(`${directory}/memory.stat`)),
  };
};

/** Lines `8:0 rbytes=1 wbytes=2 rios=3 …`. */
const readIo = (text: string): readonly BlockIoEntry[] =>
  text.split('\n').flatMap((line) => {
    const [device = '', ...pairs] = line.split(' ');
    const [major = '', minor = ''] = device.split(':');
    if (minor === '') return [];
    const value = (key: string): Counter =>
      readCounter(pairs.find((pair) => pair.startsWith(key))?.slice(key.length));
    const entry = { major: Number(major), minor: Number(minor) };
    return [
      { ...entry, op: 'read', value: value('rbytes=') },
      { ...entry, op: 'write', value: value('wbytes=') },
    ];
  });

/** What a group of the unified hierarchy at `root` has used. Source: the kernel's cgroup-v2 document. */
export const readV2 = (read: ReadText, root: string, path: string): CgroupUsage | undefined => {
  const directory = root + path;
  const cpu = read(`${directory}/cpu.stat`);
  if (cpu === undefined) return undefined;
  const memory = readMemory(read, directory);
  const current = read(`${directory}/pids.current`);
  const limit = readLimit(read(`${directory}/pids.max`));
  const io = read(`${directory}/io.stat`);
  return {
    version: '2',
    cpu: readCpu(cpu),
    ...(memory && { memory }),
    ...(current !== undefined && {
      pids: { current: readCounter(current), ...(limit !== undefined && { limit }) },
    }),
    ...(io !== undefined && { blockIo: { serviceBytes: readIo(io) } }),
  };
};
