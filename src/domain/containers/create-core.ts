// SPDX-License-Identifier: Apache-2.0
import { Semaphore } from '../../base/async.ts';
import type { ContainerId } from '../../base/ids.ts';
import { Autoheal } from './autoheal-watch.ts';
import type { Container } from './container.ts';
import { CleanupQueue } from './cleanup-queue.ts';
import type { Core } from './core.ts';
import type { ContainersDeps } from './deps.ts';
import type { Execs } from './exec/execs.ts';
import { HealthMonitors } from './health/monitors.ts';
import { runProbe } from './health/probe.ts';
import { Holds } from './holds.ts';
import { Intents } from './intents.ts';
import { ContainerLedger } from './ledger.ts';
import { HostsFiles } from './links/hosts-files.ts';
import { logSubject } from './log-subject.ts';
import { createProcessStreams } from './process-streams.ts';
import { RestartScheduler } from './restart-scheduler.ts';
import { RunTable } from './runs.ts';
import { samplerClock, StatsSampler } from './stats/sampler.ts';
import { watchSamples } from './stats/take-sample.ts';
import type { ProcessStreams } from './streams.ts';
import { Waiters } from './waiters.ts';

/** The name of containerd's overlay snapshotter in Docker's terms. */
const DRIVER_NAMES: Readonly<Record<string, string>> = { overlayfs: 'overlay2' };

/** Starts that are with the runtime at a time. */
const STARTS_PER_CPU = 16;
const FEWEST_STARTS = 32;

const makeStreams = (ledger: ContainerLedger, id: ContainerId): ProcessStreams => {
  const config: Container['config'] | undefined = ledger.get(id)?.config;
  return createProcessStreams({
    tty: config?.tty ?? false,
    openStdin: config?.openStdin ?? false,
    stdinOnce: config?.stdinOnce ?? false,
  });
};

/** Makes the parts of the room that guard state, and joins them. No I/O happens here. */
export const createCore = (
  deps: ContainersDeps,
  makeExecs: (core: Omit<Core, 'execs'>) => Execs,
): Core & { readonly execs: Execs } => {
  const { snapshotter } = deps.containerd.snapshots;
  const driverName = (): string => DRIVER_NAMES[snapshotter] ?? snapshotter;
  const ledger = new ContainerLedger({
    store: deps.store,
    events: deps.events,
    log: deps.log,
    facts: (container) => ({
      logPath: container.hasBeenStarted ? deps.logs.path(logSubject(deps, container)) : '',
      driver: driverName(),
    }),
  });
  const core = {
    ...deps,
    ledger,
    driverName,
    runs: new RunTable((id) => makeStreams(ledger, id)),
    waiters: new Waiters(),
    intents: new Intents(),
    scheduler: new RestartScheduler(),
    cleanups: new CleanupQueue(deps.log),
    holds: new Holds({ images: deps.images, volumes: deps.volumes, ledger }),
    hostsFiles: new HostsFiles(deps.store),
    rootfs: new Map(),
    starting: new Semaphore(Math.max(FEWEST_STARTS, STARTS_PER_CPU * deps.host.cpus)),
    sampler: new StatsSampler({
      find: (id) => ledger.get(id),
      open: (container) => watchSamples({ ...deps, ledger }, container),
      machine: () => deps.cgroups.machine(),
      clock: samplerClock,
    }),
  };
  const autoheal = new Autoheal(core);
  const withHealth = {
    ...core,
    autoheal,
    health: new HealthMonitors({
      onUnhealthy: (container) => autoheal.unhealthy(container),
      ledger,
      log: deps.log,
      probe: async (container, signal) => runProbe({ execs }, container, signal),
    }),
  };
  const execs = makeExecs(withHealth);
  return { ...withHealth, execs };
};
