// SPDX-License-Identifier: Apache-2.0
import type { Semaphore } from '../../base/async.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { Rootfs } from '../images/index.ts';
import type { Autoheal } from './autoheal-watch.ts';
import type { CleanupQueue } from './cleanup-queue.ts';
import type { ContainersDeps } from './deps.ts';
import type { Execs } from './exec/execs.ts';
import type { HealthMonitors } from './health/monitors.ts';
import type { Holds } from './holds.ts';
import type { Intents } from './intents.ts';
import type { ContainerLedger } from './ledger.ts';
import type { HostsFiles } from './links/hosts-files.ts';
import type { RestartScheduler } from './restart-scheduler.ts';
import type { RunTable } from './runs.ts';
import type { StatsSampler } from './stats/sampler.ts';
import type { Waiters } from './waiters.ts';

/** The parts of the room that guard state, beside what the room was given. A verb picks what it uses. */
export interface Core extends ContainersDeps {
  readonly ledger: ContainerLedger;
  readonly runs: RunTable;
  readonly waiters: Waiters;
  readonly intents: Intents;
  readonly scheduler: RestartScheduler;
  readonly cleanups: CleanupQueue;
  readonly holds: Holds;
  /** The hosts files of containers that run. */
  readonly hostsFiles: HostsFiles;
  /** Writable layers as `create` made them: asking containerd again would cost a round trip a start. */
  readonly rootfs: Map<ContainerId, Rootfs>;
  /** What stores the layers, as `inspect` calls it. */
  readonly driverName: () => string;
  /** Places at the runtime: a storm of starts on a small machine would make all of them slow, and none of them done. */
  readonly starting: Semaphore;
  /** Probes of the containers that run. */
  readonly health: HealthMonitors;
  /** Restarts the unhealthy that want it. */
  readonly autoheal: Autoheal;
  /** Looks at what containers use, for all who watch. */
  readonly sampler: StatsSampler;
  readonly execs: Pick<Execs, 'idsOf' | 'holdStarts' | 'exited' | 'containerStopped' | 'containerRemoved'>;
}
