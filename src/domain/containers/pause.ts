// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Core } from './core.ts';
import { healthAtEnd } from './health/run-health.ts';
import { isRestarting, noSuchContainer, notRunning } from './errors.ts';

export type PauseDeps = Pick<Core, 'ledger' | 'containerd' | 'health'>;

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
  try {
    await deps.containerd.tasks.pause(id);
  } catch (cause) {
    throw new EngineError('internal', `cannot pause container ${id}: ${messageOf(cause)}`, { cause });
  }
  deps.health.end(id);
  const paused = { ...container, ...healthAtEnd(container), state: { ...state, status: 'paused' } as const };
  await deps.ledger.recordFact(paused, 'pause');
};
