// SPDX-License-Identifier: Apache-2.0
import type { Cgroups, CgroupUsage, InterfaceCounters } from '../../../adapters/cgroups/index.ts';
import type { Timestamp } from '../../../base/time.ts';
import type { Container } from '../container.ts';

/** What a running container has used at one moment. */
export interface Sample {
  readonly read: Timestamp;
  readonly usage: CgroupUsage;
  /** Of the whole machine, at the same moment. */
  readonly machine: ReturnType<Cgroups['machine']>;
  /** Bytes: what an unlimited container may use. */
  readonly machineMemory: number;
  /** By name; empty with the host's network and with none. */
  readonly interfaces: ReadonlyMap<string, InterfaceCounters>;
}

export interface StatsRequest {
  /** One a second, else one at all. */
  readonly stream: boolean;
  /** With no earlier sample to compare with, so that none has to be waited for. */
  readonly oneShot: boolean;
  readonly signal: AbortSignal;
}

/** What a container uses, beside what it used at the time before. */
export interface ContainerStats {
  readonly container: Container;
  /** Absent while it does not run. */
  readonly current?: Sample;
  /** The sample told before this one. */
  readonly previous?: Sample;
}
