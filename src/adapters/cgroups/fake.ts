// SPDX-License-Identifier: Apache-2.0
import type { CgroupUsage, Cgroups, InterfaceCounters } from './cgroups.ts';

/** Counts that a test sets; time goes on with each look at the machine. */
export interface FakeCgroups extends Cgroups {
  readonly groups: Map<string, CgroupUsage>;
  readonly processes: Map<number, ReadonlyMap<string, InterfaceCounters>>;
  /** How often a group was read. */
  readonly reads: () => number;
}

export const createFakeCgroups = (): FakeCgroups => {
  const groups = new Map<string, CgroupUsage>();
  const processes = new Map<number, ReadonlyMap<string, InterfaceCounters>>();
  let [reads, cpuTime] = [0, 0];
  return {
    groups,
    processes,
    reads: () => reads,
    usage: (path) => {
      reads += 1;
      return groups.get(path);
    },
    watch: (path) => ({
      usage: () => {
        reads += 1;
        return groups.get(path);
      },
      [Symbol.dispose]: () => undefined,
    }),
    thaw: () => false,
    interfaces: (pid) => processes.get(pid) ?? new Map(),
    machine: () => ({ cpuTime: (cpuTime += 2_000_000_000), processors: 2 }),
  };
};
