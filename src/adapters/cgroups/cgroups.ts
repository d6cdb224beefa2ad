// SPDX-License-Identifier: Apache-2.0

/** A count of the kernel's: a `bigint` where a `number` would not hold it exactly. */
export type Counter = number | bigint;

/** Times in nanoseconds. */
export interface CpuUsage {
  readonly total: Counter;
  /** By processor; v1 alone counts so. */
  readonly perCpu?: readonly Counter[];
  readonly kernel: Counter;
  readonly user: Counter;
  /** Enforcement periods of a CPU limit that have passed, and those in which it was reached. */
  readonly periods: Counter;
  readonly throttledPeriods: Counter;
  readonly throttledTime: Counter;
}

/** Bytes. */
export interface MemoryUsage {
  readonly usage: Counter;
  /** The most there ever was; v1 alone remembers it. */
  readonly maxUsage?: Counter;
  /** Absent without a limit. */
  readonly limit?: Counter;
  /** How often the limit was hit (v1), or processes were killed for it (v2: `oom`). */
  readonly failures: Counter;
  /** `memory.stat` as it is. */
  readonly stats: ReadonlyMap<string, Counter>;
}

export interface BlockIoEntry {
  readonly major: number;
  readonly minor: number;
  /** `Read`, `Write`, `Sync` … on v1, `read` and `write` on v2. */
  readonly op: string;
  readonly value: Counter;
}

export interface BlockIoUsage {
  readonly serviceBytes: readonly BlockIoEntry[];
  /** v1 alone; the others of its lists only where the CFQ scheduler counts them. */
  readonly serviced?: readonly BlockIoEntry[];
  readonly queued?: readonly BlockIoEntry[];
  readonly serviceTime?: readonly BlockIoEntry[];
  readonly waitTime?: readonly BlockIoEntry[];
  readonly merged?: readonly BlockIoEntry[];
  readonly time?: readonly BlockIoEntry[];
  readonly sectors?: readonly BlockIoEntry[];
}

/** What one control group has used. Controllers that are not there leave their part out. */
export interface CgroupUsage {
  readonly version: '1' | '2';
  readonly cpu: CpuUsage;
  readonly memory?: MemoryUsage;
  readonly pids?: { readonly current: Counter; readonly limit?: Counter };
  readonly blockIo?: BlockIoUsage;
}

export interface InterfaceCounters {
  readonly rxBytes: Counter;
  readonly rxPackets: Counter;
  readonly rxErrors: Counter;
  readonly rxDropped: Counter;
  readonly txBytes: Counter;
  readonly txPackets: Counter;
  readonly txErrors: Counter;
  readonly txDropped: Counter;
}

/** A group that is looked at again and again. Its files are kept open until it is disposed of. */
export interface WatchedGroup extends Disposable {
  /** As `Cgroups.usage` tells it. */
  usage(): CgroupUsage | undefined;
}

/** What the kernel counts, read from its files in this process: nothing is run, nothing is asked of a daemon. */
export interface Cgroups {
  /** `path` is the group's below each hierarchy's root (`/docker/<id>`). `undefined` when there is none. */
  usage(path: string): CgroupUsage | undefined;
  /** The same group for many looks, each at a fraction of the cost of `usage`. */
  watch(path: string): WatchedGroup;
  /** Network interfaces as the process `pid` sees them, by name; empty when it is gone. */
  interfaces(pid: number): ReadonlyMap<string, InterfaceCounters>;
  /** CPU time of the whole machine since its boot (nanoseconds), idle time included, and processors that are on. */
  machine(): { readonly cpuTime: Counter; readonly processors: number };
  /** Lets the group's processes go on if they are frozen; true when they were. What can't be done is left. */
  thaw(path: string): boolean;
}
