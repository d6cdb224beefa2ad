// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import { noSuchContainer } from './errors.ts';
import type { PauseDeps } from './pause.ts';

/** Lets a paused container go on. @throws internal when it is not paused */
export const unpauseContainer = async (deps: PauseDeps, reference: string): Promise<void> => {
  const { id } = deps.ledger.resolve(reference);
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container) throw noSuchContainer(reference);
  const { state } = container;
  if (state.status !== 'paused') throw new EngineError('internal', `Container ${id} is not paused`);
  try {
    await deps.containerd.tasks.resume(id);
  } catch (cause) {
    throw new EngineError('internal', `cannot resume container ${id}: ${messageOf(cause)}`, { cause });
  }
  const thawed = { ...container, state: { ...state, status: 'running' } as const };
  await deps.ledger.recordFact(thawed, 'unpause');
  deps.health.begin(thawed);
};
