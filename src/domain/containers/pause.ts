// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import { seconds } from '../../base/time.ts';
import type { Core } from './core.ts';
import { healthAtEnd } from './health/run-health.ts';
import { isRestarting, noSuchContainer, notRunning } from './errors.ts';

export type PauseDeps = Pick<Core, 'ledger' | 'containerd' | 'execs' | 'health'>;

/** How long a process that is being started may hold a pause up. */
const START_PATIENCE = seconds(10);

const conflict = (text: string): EngineError => new EngineError('conflict', text);

/** Freezes all processes of a container. @throws conflict when it does not run or is paused already */
export const pauseContainer = async (deps: PauseDeps, reference: string): Promise<void> => {
  const { id } = deps.ledger.resolve(reference);
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container) throw noSuchContainer(reference);
  const { state } = container;
  if (state.status === 'paused') throw conflict(`Container ${id} is already paused`);
  if (state.status === 'restarting') throw isRestarting(id);
  if (state.status !== 'running') throw notRunning(id);
  deps.health.end(id);
  // A runtime that is frozen while it starts a process holds the shim's lock, and no resume gets through any more.
  using starts = await deps.execs.holdStarts(id, START_PATIENCE);
  try {
    if (!starts) throw new EngineError('internal', 'a process is still being started in it');
    await deps.containerd.tasks.pause(id);
  } catch (cause) {
    deps.health.begin(container);
    throw new EngineError('internal', `cannot pause container ${id}: ${messageOf(cause)}`, { cause });
  }
  const paused = { ...container, ...healthAtEnd(container), state: { ...state, status: 'paused' } as const };
  await deps.ledger.recordFact(paused, 'pause');
};
