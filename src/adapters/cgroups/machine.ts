// SPDX-License-Identifier: Apache-2.0
import type { Cgroups, Counter, InterfaceCounters } from './cgroups.ts';
import { readCounter, scale } from './counters.ts';

/** Nanoseconds of one tick of /proc/stat: USER_HZ is 100 on Linux. */
const TICK = 10_000_000;

/** user, nice, system, idle, iowait, irq, softirq: what Docker adds up. */
const SUMMED_FIELDS = 7;

/** Reads /proc/stat. Source: proc(5). */
export const readMachine = (stat: string): ReturnType<Cgroups['machine']> => {
  const lines = stat.split('\n');
  const fields = (lines[0] ?? '').split(/\s+/).slice(1, 1 + SUMMED_FIELDS);
  const ticks = fields.reduce((sum, field) => sum + Number(field), 0);
  return {
    cpuTime: scale(ticks, TICK),
    processors: lines.filter((line) => /^cpu\d/.test(line)).length,
  };
};

const columns = (fields: readonly (Counter | undefined)[]): InterfaceCounters => {
  const at = (index: number): Counter => fields[index] ?? 0;
  return {
    rxBytes: at(0),
    rxPackets: at(1),
    rxErrors: at(2),
    rxDropped: at(3),
    txBytes: at(8),
    txPackets: at(9),
    txErrors: at(10),
    txDropped: at(11),
  };
};

/** Reads /proc/<pid>/net/dev: two lines of heading, then one an interface. Source: proc(5). */
export const readInterfaces = (dev: string): ReadonlyMap<string, InterfaceCounters> => {
  const found = new Map<string, InterfaceCounters>();
  for (const line of dev.split('\n').slice(2)) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const fields = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/);
    found.set(line.slice(0, colon).trim(), columns(fields.map(readCounter)));
  }
  return found;
};
