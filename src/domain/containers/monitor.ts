// SPDX-License-Identifier: Apache-2.0
import type { TaskEvent } from '../../adapters/containerd/index.ts';
import { messageOf } from '../../base/errors.ts';
import { type ContainerId, parseId } from '../../base/ids.ts';
import type { Container } from './container.ts';
import { type ExitDeps, handleExit } from './exits.ts';
import { type FindTaskDeps, findTask, isAlive, missedExit } from './find-task.ts';
import { healthAtEnd } from './health/run-health.ts';
import { hasProcess } from './state.ts';

export type MonitorDeps = ExitDeps & FindTaskDeps;

/** The kernel killed a process of the container for want of memory; the container itself may go on. */
const recordOom = async (deps: MonitorDeps, id: ContainerId): Promise<void> => {
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container || !hasProcess(container.state)) return;
  await deps.ledger.recordFact({ ...container, state: { ...container.state, oomKilled: true } }, 'oom');
};

/** Somebody else froze or thawed the container: the record follows. */
const recordFreeze = async (deps: MonitorDeps, id: ContainerId, to: 'running' | 'paused'): Promise<void> => {
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container || !hasProcess(container.state) || container.state.status === to) return;
  const isFrozen = to === 'paused';
  if (isFrozen) deps.health.end(id);
  const health = isFrozen ? healthAtEnd(container) : {};
  const next = { ...container, ...health, state: { ...container.state, status: to } };
  await deps.ledger.recordFact(next, isFrozen ? 'pause' : 'unpause');
  if (!isFrozen) deps.health.begin(next);
};

const mendExecs = async (deps: MonitorDeps, id: ContainerId): Promise<void> => {
  for (const execId of deps.execs.idsOf(id) ?? []) {
    const task = await findTask(deps, { id, execId });
    if (task?.status === 'stopped') deps.execs.exited(id, execId, { pid: task.pid, ...missedExit(task) });
  }
};

const mend = async (deps: MonitorDeps, { id, state }: Container): Promise<void> => {
  if (!hasProcess(state)) return;
  const task = await findTask(deps, { id });
  if (!isAlive(deps, task, state)) await handleExit(deps, id, missedExit(task));
  else await mendExecs(deps, id);
};

/** Events may have been missed: every container that is thought to run is looked after. */
const mendAll = async (deps: MonitorDeps): Promise<void> => {
  await Promise.all(
    deps.ledger.all().map(async ({ id }) => {
      try {
        // A start that is under way holds its lock: by the time it is ours the start has come to its end.
        (await deps.ledger.lock(id))[Symbol.dispose]();
        const current = deps.ledger.get(id);
        if (current) await mend(deps, current);
      } catch (error) {
        deps.log.warn('a container could not be looked after', { container: id, reason: messageOf(error) });
      }
    }),
  );
};

const dispatch = async (deps: MonitorDeps, event: TaskEvent): Promise<void> => {
  if (event.kind === 'resubscribed') return mendAll(deps);
  const id = parseId<ContainerId>(event.id);
  if (id === undefined) return undefined;
  switch (event.kind) {
    case 'exit': {
      if (event.execId === undefined || event.execId === event.id) return handleExit(deps, id, event);
      deps.execs.exited(id, event.execId, event);
      return undefined;
    }
    case 'oom':
      return recordOom(deps, id);
    case 'paused':
      return recordFreeze(deps, id, 'paused');
    case 'resumed':
      return recordFreeze(deps, id, 'running');
    default:
      return undefined;
  }
};

/** Turns containerd's events into recorded moves. One container's events are dealt with in their order. */
export const monitorTasks = async (deps: MonitorDeps, events: AsyncIterable<TaskEvent>): Promise<void> => {
  for await (const event of events) {
    // Not waited for: containers do not wait for each other, and one's own lock keeps its events in line.
    dispatch(deps, event).catch((error: unknown) => {
      deps.log.error('a task event could not be dealt with', {
        event: event.kind,
        reason: messageOf(error),
      });
    });
  }
};
