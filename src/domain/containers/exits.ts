// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';
import { type Nanoseconds, seconds, since, type Timestamp, toSeconds } from '../../base/time.ts';
import type { Container } from './container.ts';
import { endTask } from './end-task.ts';
import { healthAtEnd } from './health/run-health.ts';
import { removeContainer } from './remove-container.ts';
import { shouldRestart } from './restart-policy.ts';
import { releaseRun } from './release-run.ts';
import { restartByPolicy, type StartDeps } from './start.ts';
import { hasProcess, type Run } from './state.ts';
import { publishUnmounts } from './volume-events.ts';

export type ExitDeps = StartDeps;

/** The end of a container's process, as containerd tells it or as it was found out. */
export interface ProcessExit {
  /** Absent when only the absence of the process is known. */
  readonly pid?: number;
  readonly exitStatus: number;
  readonly exitedAt: Timestamp;
}

const endedState = (
  container: Container,
  state: Run & { readonly oomKilled: boolean },
  exit: ProcessExit,
  restarts: boolean,
): Container => {
  const ended = {
    exitCode: exit.exitStatus,
    error: '',
    oomKilled: state.oomKilled,
    startedAt: state.startedAt,
    finishedAt: exit.exitedAt,
  };
  return restarts
    ? {
        ...container,
        ...healthAtEnd(container),
        restartCount: container.restartCount + 1,
        state: { status: 'restarting', ...ended },
      }
    : { ...container, ...healthAtEnd(container), state: { status: 'exited', ...ended } };
};

/** What follows a recorded exit: the policy's restart, the container's own removal, or the end of its task's records. */
const followUp = async (
  deps: ExitDeps,
  { id, hostConfig, state }: Container,
  exitCode: number,
  ranFor: Nanoseconds,
): Promise<void> => {
  if (hostConfig.autoRemove && !deps.intents.isRestarting(id) && state.status !== 'restarting') {
    await removeContainer(deps, id, { volumes: true, exitCode });
    return;
  }
  deps.cleanups.enqueue(id, async () => endTask(deps, id));
  if (state.status === 'restarting')
    deps.scheduler.schedule(id, ranFor, async () => restartByPolicy(deps, id));
};

/** Records the end of a run; the container's lock is held and `container` has a process. */
const recordExit = async (deps: ExitDeps, container: Container, exit: ProcessExit): Promise<void> => {
  const { id, state } = container;
  if (!hasProcess(state)) return;
  deps.health.end(id);
  const released = releaseRun(deps, id).then(() => publishUnmounts(deps, container));
  const ranFor = since(state.startedAt, exit.exitedAt);
  const stopAsked = deps.intents.isStopAsked(id) || deps.intents.isRestarting(id);
  const restarts =
    (deps.intents.isHealing(id) && !stopAsked) ||
    shouldRestart(container.hostConfig.restartPolicy, {
      exitCode: exit.exitStatus,
      restartCount: container.restartCount,
      stopAsked,
    });
  const next = endedState(container, state, exit, restarts);
  const attributes = {
    exitCode: String(exit.exitStatus),
    execDuration: String(Math.max(0, Math.floor(toSeconds(ranFor)))),
  };
  await deps.ledger.recordFact(next, 'die', attributes, released);
  if (deps.intents.isStopping(id)) deps.ledger.publish(next, 'stop');
  deps.execs.containerStopped(id);
  deps.waiters.exited(id, { exitCode: exit.exitStatus });
  await followUp(deps, next, exit.exitStatus, ranFor);
};

/**
 * Deals with the end of a container's process: lets go of its run, records it, tells whoever waits and does what its
 * policy asks for. An exit of an earlier run, or one that was dealt with already, changes nothing.
 */
export const handleExit = async (deps: ExitDeps, id: ContainerId, exit: ProcessExit): Promise<void> => {
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container || !hasProcess(container.state)) return;
  // A process number can come again, a run's beginning can not: an exit from before it is an older run's.
  const { pid, startedAt } = container.state;
  const isOlder = exit.pid !== undefined && (exit.pid !== pid || exit.exitedAt < startedAt - CLOCK_SLACK);
  if (!isOlder) await recordExit(deps, container, exit);
};

/** How far containerd's clock readings may differ from ours: both are the machine's, but a clock can be set. */
const CLOCK_SLACK = seconds(60);
