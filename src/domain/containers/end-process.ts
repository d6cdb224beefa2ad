// SPDX-License-Identifier: Apache-2.0
import { within } from '../../base/async.ts';
import { EngineError } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import { type Nanoseconds, now, seconds } from '../../base/time.ts';
import { SIGKILL } from '../../spec/signals.ts';
import type { Core } from './core.ts';
import { type ExitDeps, handleExit } from './exits.ts';
import { sendSignal } from './send-signal.ts';
import { hasProcess, UNKNOWN_EXIT } from './state.ts';
import { type ThawDeps, thawContainer } from './thaw.ts';
import type { WaitResult } from './waiters.ts';

export type EndProcessDeps = ExitDeps & ThawDeps;

/** How long a killed process may take to be reported gone. */
const KILL_PATIENCE = seconds(10);

const hasEnded = ({ ledger }: Pick<Core, 'ledger'>, id: ContainerId): boolean => {
  const state = ledger.get(id)?.state;
  return state === undefined || !hasProcess(state);
};

/** Kills the process and waits for its exit to be recorded; no lock is held meanwhile. @throws internal when it does not come */
export const killProcess = async (deps: EndProcessDeps, id: ContainerId): Promise<void> => {
  const enough = new AbortController();
  const exit = deps.waiters.register(id, 'next-exit', enough.signal).catch(() => undefined);
  try {
    thawContainer(deps, id);
    const outcome = await sendSignal(deps, id, SIGKILL);
    if (hasEnded(deps, id) || (await within(exit, KILL_PATIENCE)) !== undefined) return;
    if (outcome === 'sent' || hasProcessNow(await deps.containerd.tasks.list(), id)) {
      throw new EngineError('internal', 'tried to kill container, but did not receive an exit event');
    }
    // containerd knows of no process and will never tell of its end.
    await handleExit(deps, id, { exitStatus: UNKNOWN_EXIT, exitedAt: now() });
  } finally {
    enough.abort();
  }
};

const hasProcessNow = (
  tasks: readonly { readonly id: string; readonly status: string }[],
  id: ContainerId,
): boolean => tasks.some((task) => task.id === id && task.status !== 'stopped');

/** Asks the process to end with `signal`, and kills it when `patience` runs out; negative patience has no end. */
export const stopProcess = async (
  deps: EndProcessDeps,
  id: ContainerId,
  signal: number,
  patience: Nanoseconds,
): Promise<void> => {
  const enough = new AbortController();
  const exit: Promise<WaitResult | undefined> = deps.waiters
    .register(id, 'next-exit', enough.signal)
    .catch(() => undefined);
  try {
    const outcome = await sendSignal(deps, id, signal);
    if (hasEnded(deps, id)) return;
    const ended = await within(exit, outcome === 'sent' ? patience : KILL_PATIENCE);
    if (ended === undefined && !hasEnded(deps, id)) await killProcess(deps, id);
  } finally {
    enough.abort();
  }
};
