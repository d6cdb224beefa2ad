// SPDX-License-Identifier: Apache-2.0
import type { ProcessRef, TaskInfo } from '../../adapters/containerd/index.ts';
import { sleep } from '../../base/async.ts';
import { isKind } from '../../base/errors.ts';
import { milliseconds, now, seconds, type Timestamp } from '../../base/time.ts';
import type { Core } from './core.ts';
import { type Run, UNKNOWN_EXIT } from './state.ts';

export type FindTaskDeps = Pick<Core, 'containerd' | 'processStatus' | 'lifetime'>;

/**
 * How often a task is asked for that containerd knows nothing sure of. It gives a shim two seconds for its answer and says
 * `unknown` when that is not enough: on a loaded machine, or while the shim starts something.
 */
const TRIES = 6;
const PAUSE = milliseconds(500);

const ask = async (
  { containerd }: Pick<Core, 'containerd'>,
  process: ProcessRef,
): Promise<TaskInfo | undefined> => {
  try {
    return await containerd.tasks.get(process);
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
};

/** The task of a process, asked for again while containerd is not sure; `undefined` when there is none. */
export const findTask = async (deps: FindTaskDeps, process: ProcessRef): Promise<TaskInfo | undefined> => {
  for (let tries = 1; ; tries += 1) {
    const task = await ask(deps, process);
    if (task?.status !== 'unknown' || tries === TRIES) return task;
    await sleep(PAUSE, deps.lifetime);
  }
};

/** How much later than its run a process may seem to have begun: clocks are read in ticks, and can be set. */
const CLOCK_SLACK = seconds(5);

/** Whether the run's own process is there. A process number can come again; one that began after the run is another's. */
export const isProcessThere = (deps: Pick<Core, 'processStatus'>, { pid, startedAt }: Run): boolean => {
  const beganAt = deps.processStatus.beganAt(pid);
  return beganAt !== undefined && beganAt <= startedAt + CLOCK_SLACK;
};

/**
 * Whether a run goes on, by what containerd says of its task. Where it can't say, the process itself counts: to take a
 * container for dead that runs would end it.
 */
export const isAlive = (deps: Pick<Core, 'processStatus'>, task: TaskInfo | undefined, run: Run): boolean => {
  if (task === undefined || task.status === 'stopped' || task.status === 'created') return false;
  if (task.status !== 'unknown') return true;
  return isProcessThere(deps, run);
};

/** The exit of a process that ended unseen: as its task tells it, or unknown. */
export const missedExit = (
  task: TaskInfo | undefined,
): { readonly exitStatus: number; readonly exitedAt: Timestamp } => ({
  exitStatus: task?.status === 'stopped' ? task.exitStatus : UNKNOWN_EXIT,
  exitedAt: task?.exitedAt ?? now(),
});
