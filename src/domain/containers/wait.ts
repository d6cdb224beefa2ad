// SPDX-License-Identifier: Apache-2.0
import type { WaitCondition, Waiting } from './containers.ts';
import type { Core } from './core.ts';
import { isRunning } from './state.ts';

export type WaitDeps = Pick<Core, 'ledger' | 'waiters'>;

/** Waits for an end. The waiter stands when this returns: nothing that happens afterwards is missed. */
export const waitForContainer = (
  deps: WaitDeps,
  reference: string,
  condition: WaitCondition,
  { signal }: { readonly signal: AbortSignal },
): Waiting => {
  const { id, state } = deps.ledger.resolve(reference);
  if (condition === 'not-running' && !isRunning(state)) {
    const exitCode = state.status === 'exited' ? state.exitCode : 0;
    return { result: Promise.resolve({ exitCode }) };
  }
  return { result: deps.waiters.register(id, condition, signal) };
};
