// SPDX-License-Identifier: Apache-2.0
import type { TaskInfo } from '../../adapters/containerd/index.ts';
import { within } from '../../base/async.ts';
import { isKind, messageOf } from '../../base/errors.ts';
import { now, seconds } from '../../base/time.ts';
import { SIGKILL } from '../../spec/signals.ts';
import { type AdoptRunDeps, adoptRun } from './adopt-run.ts';
import { startAtBoot } from './boot/start-at-boot.ts';
import { isAutohealed } from './autoheal.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import { type ExitDeps, handleExit } from './exits.ts';
import { findTask, isAlive, missedExit } from './find-task.ts';
import { healthAtStart } from './health/run-health.ts';
import { refreshLinks } from './links/refresh-links.ts';
import { loadContainers } from './load-containers.ts';
import { monitorTasks } from './monitor.ts';
import { removeContainer, removeRemains } from './remove-container.ts';
import { shouldStartAtBoot } from './restart-policy.ts';
import { hasProcess } from './state.ts';
import { sweepLeftovers } from './sweep.ts';
import { thawContainer } from './thaw.ts';

export type RestoreDeps = Core & ExitDeps & AdoptRunDeps;

/** The record follows what the task says: it may have been frozen or thawed meanwhile, or have another process number. */
const matchTask = async (deps: RestoreDeps, container: Container, task: TaskInfo): Promise<void> => {
  const { state } = container;
  if (!hasProcess(state) || task.status === 'unknown') return;
  const status = task.status === 'paused' || task.status === 'pausing' ? 'paused' : 'running';
  if (state.status === status && state.pid === task.pid) return;
  await deps.ledger.recordFact({ ...container, state: { ...state, status, pid: task.pid } });
};

/** A container that ran when the daemon went away: taken over, whether its process still runs or has just ended. */
const adoptContainer = async (
  deps: RestoreDeps,
  container: Container,
  task: TaskInfo | undefined,
): Promise<void> => {
  using _lock = await deps.ledger.lock(container.id);
  if (container.manuallyStopped) deps.intents.askStop(container.id);
  if (!task) return;
  await adoptRun(deps, container);
  const { state } = container;
  if (hasProcess(state) && isAlive(deps, task, state)) await matchTask(deps, container, task);
};

/** How long a killed leftover may take to be reported gone. */
const KILL_PATIENCE = seconds(10);

/** Without live restore nothing outlives the daemon: what a crash left running is ended. */
const endLeftover = async (deps: RestoreDeps, { id }: Container): Promise<void> => {
  deps.intents.askStop(id);
  const ended = deps.waiters.exitWithin(id, KILL_PATIENCE);
  thawContainer(deps, id);
  try {
    await deps.containerd.tasks.kill({ id }, SIGKILL, { all: true });
  } catch (error) {
    if (!isKind(error, 'not-found')) throw error;
  }
  if ((await ended) === undefined) await handleExit(deps, id, { exitStatus: 128 + SIGKILL, exitedAt: now() });
};

/** The health of a container that ran on is found out anew. */
const resumeHealth = async (deps: RestoreDeps, { id }: Container): Promise<void> => {
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (container?.state.status !== 'running') return;
  const resumed = { ...container, ...healthAtStart(container) };
  deps.ledger.show(resumed);
  deps.health.begin(resumed);
};

/** A container that was thought to run: its end is made up for, or brought about. */
const settle = async (deps: RestoreDeps, container: Container, task: TaskInfo | undefined): Promise<void> => {
  const { state } = container;
  if (hasProcess(state) && isAlive(deps, task, state)) {
    if (deps.config.current.liveRestore) await resumeHealth(deps, container);
    else await endLeftover(deps, container);
    return;
  }
  // Whether it comes back is decided when all the rest is in order.
  deps.intents.askStop(container.id);
  await handleExit(deps, container.id, missedExit(task));
};

const finishRemoval = async (deps: RestoreDeps, container: Container): Promise<void> => {
  if (container.hostConfig.autoRemove) {
    for (const { type, name } of container.mountPoints) {
      if (type !== 'volume' || deps.volumes.holders(name).length > 0) continue;
      const anonymous = deps.volumes.list().find((volume) => volume.name === name)?.anonymous ?? false;
      if (anonymous) await deps.volumes.delete(name, { force: true });
    }
  }
  await removeRemains(deps, container.id);
};

const exitCodeOf = ({ state }: Container): number =>
  state.status === 'exited' || state.status === 'restarting' ? state.exitCode : 0;

/** One that was ended for its health waits for its start, whatever its policy says. */
const isBeingHealed = (deps: RestoreDeps, container: Container): boolean =>
  container.state.status === 'restarting' && isAutohealed(container, deps.config.current.autoheal);

const isWanted = (deps: RestoreDeps, container: Container): boolean =>
  isBeingHealed(deps, container) ||
  (['exited', 'restarting', 'created'].includes(container.state.status) &&
    shouldStartAtBoot(container.hostConfig.restartPolicy, {
      ...container,
      exitCode: exitCodeOf(container),
    }));

/** A container that waits for a restart which no scheduler remembers, and is not to have it. */
const endWaiting = async (deps: RestoreDeps, container: Container): Promise<void> => {
  const { id, state } = container;
  if (state.status !== 'restarting') return;
  using _lock = await deps.ledger.lock(id);
  await deps.ledger.recordFact({ ...container, state: { ...state, status: 'exited' } });
};

const removeLeftover = async (deps: RestoreDeps, container: Container): Promise<void> => {
  using _lock = await deps.ledger.lock(container.id);
  await removeContainer(deps, container.id, { volumes: true, exitCode: exitCodeOf(container) });
};

/** One container's trouble must not keep the daemon from coming up. */
const each = async (
  deps: RestoreDeps,
  containers: readonly Container[],
  work: (container: Container) => Promise<void>,
): Promise<void> => {
  await Promise.all(
    containers.map(async (container) => {
      try {
        await work(container);
      } catch (error) {
        deps.log.error('a container could not be restored', {
          container: container.id,
          reason: messageOf(error),
        });
      }
    }),
  );
};

/** All tasks by their ids, as sure as it can be had. */
const listTasks = async (deps: RestoreDeps): Promise<ReadonlyMap<string, TaskInfo>> => {
  const listed = await deps.containerd.tasks.list();
  const found = await Promise.all(
    listed.map(async (task) => (task.status === 'unknown' ? findTask(deps, { id: task.id }) : task)),
  );
  return new Map(found.filter((task) => task !== undefined).map((task) => [task.id, task]));
};

/**
 * Brings the room in line with the world at boot. When it returns, every container is where it belongs; what the restart
 * policies start is under way but not waited for. Events are followed until `signal` aborts.
 */
export const restoreContainers = async (deps: RestoreDeps, signal: AbortSignal): Promise<void> => {
  const done = (stage: string): void => deps.log.debug('a stage of the restore is done', { stage });
  const { removing, unreadable } = await loadContainers(deps);
  using _awake = deps.containerd.stdio.awaken(deps.runDirectory);
  const { ready, events } = deps.containerd.events.subscribe(signal);
  await ready;
  done('containers loaded, events followed');
  const tasks = await listTasks(deps);
  done('tasks listed');
  const running = deps.ledger.all().filter(({ state }) => hasProcess(state));
  await each(deps, running, async (container) => adoptContainer(deps, container, tasks.get(container.id)));
  done('runs taken over');
  void monitorTasks(deps, events);
  await each(deps, running, async (container) => settle(deps, container, tasks.get(container.id)));
  done('runs settled');
  await each(deps, removing, async (container) => finishRemoval(deps, container));
  const { autoRemoved, stopped } = sortStopped(deps);
  await each(deps, autoRemoved, async (container) => removeLeftover(deps, container));
  await within(deps.cleanups.idle(), KILL_PATIENCE);
  done('removals finished');
  await sweepLeftovers(deps, unreadable);
  done('leftovers swept');
  await each(deps, running, async ({ id }) => refreshLinks(deps, id));
  const wanted = stopped.filter((container) => isWanted(deps, container));
  const unwanted = stopped.filter((container) => !wanted.includes(container));
  await each(deps, unwanted, async (container) => endWaiting(deps, container));
  void startAtBoot(deps, wanted, { signal });
};

const sortStopped = (
  deps: Pick<Core, 'ledger' | 'scheduler'>,
): { readonly autoRemoved: readonly Container[]; readonly stopped: readonly Container[] } => {
  const all = deps.ledger
    .all()
    .filter(({ id, state }) => !hasProcess(state) && !deps.scheduler.isPending(id));
  return {
    autoRemoved: all.filter(({ hostConfig, hasBeenStarted }) => hostConfig.autoRemove && hasBeenStarted),
    stopped: all.filter(({ hostConfig, hasBeenStarted }) => !hostConfig.autoRemove || !hasBeenStarted),
  };
};
