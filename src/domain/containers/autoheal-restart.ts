// SPDX-License-Identifier: Apache-2.0
import { isKind } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import { seconds } from '../../base/time.ts';
import { SIGKILL } from '../../spec/signals.ts';
import type { ContainersDeps } from './deps.ts';
import type { Intents } from './intents.ts';
import type { Ledger } from './ledger.ts';
import { type Run, hasProcess } from './state.ts';
import { stopSignalOf, stopTimeoutOf } from './stop-signal.ts';
import type { Waiters } from './waiters.ts';

export interface AutohealRestartDeps extends Pick<ContainersDeps, 'containerd' | 'log'> {
  readonly ledger: Ledger;
  readonly intents: Intents;
  readonly waiters: Waiters;
}

/** How long a killed process may take to be reported gone. */
const KILL_PATIENCE = seconds(10);

/** Sends a signal to the run that began at `startedAt`, and to no later one; false when it is over. */
const signalRun = async (
  deps: AutohealRestartDeps,
  id: ContainerId,
  { startedAt }: Run,
  signal: number,
): Promise<boolean> => {
  using _lock = await deps.ledger.lock(id);
  const state = deps.ledger.get(id)?.state;
  if (!state || !hasProcess(state) || state.startedAt !== startedAt) return false;
  try {
    await deps.containerd.tasks.kill({ id }, signal);
    return true;
  } catch (error) {
    if (isKind(error, 'not-found')) return false;
    throw error;
  }
};

/**
 * Ends a run so that it is followed by another: as a stop does, by the container's own signal and patience, but nobody's
 * wish that it stay stopped is noted. The exit is recorded as `restarting`, so that a crash in between loses nothing; the
 * new start is the restart scheduler's.
 */
export const healContainer = async (deps: AutohealRestartDeps, id: ContainerId): Promise<void> => {
  const container = deps.ledger.get(id);
  if (container?.state.status !== 'running') return;
  using _healing = deps.intents.healing(id);
  const { state } = container;
  const ended = deps.waiters.exitWithin(id, stopTimeoutOf(container));
  if (!(await signalRun(deps, id, state, stopSignalOf(container)))) return;
  if ((await ended) !== undefined) return;
  const killed = deps.waiters.exitWithin(id, KILL_PATIENCE);
  if (!(await signalRun(deps, id, state, SIGKILL)) || (await killed) !== undefined) return;
  deps.log.warn('an unhealthy container could not be ended', { container: id });
};
