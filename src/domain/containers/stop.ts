// SPDX-License-Identifier: Apache-2.0
import { EngineError, kindOf, messageOf } from '../../base/errors.ts';
import type { Nanoseconds } from '../../base/time.ts';
import { parseSignal } from '../../spec/signals.ts';
import type { Container } from './container.ts';
import { type EndProcessDeps, stopProcess } from './end-process.ts';
import { stopSignalOf, stopTimeoutOf } from './stop-signal.ts';
import { settled } from './settled.ts';
import { isRunning } from './state.ts';

export type StopDeps = EndProcessDeps;

export interface StopOptions {
  /** Absent: the container's own; negative: wait for ever. */
  readonly timeout?: Nanoseconds;
  readonly signalName?: string;
}

/**
 * Takes a container that waits to be restarted out of its waiting. False when it does not wait (any more).
 * `action` is told, when given.
 */
export const cancelRestart = async (
  deps: StopDeps,
  id: Container['id'],
  action?: string,
): Promise<boolean> => {
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (container?.state.status !== 'restarting') return false;
  deps.scheduler.cancel(id);
  const manuallyStopped = container.manuallyStopped || !deps.intents.isClosing;
  const state = { ...container.state, status: 'exited' } as const;
  await deps.ledger.recordFact({ ...container, manuallyStopped, state }, action);
  deps.waiters.exited(id, { exitCode: state.exitCode });
  return true;
};

/** Ends what runs of a container, in whatever state it is; `stop` is told. No lock is held while it waits. */
export const stopRunning = async (
  deps: StopDeps,
  container: Container,
  options: StopOptions,
): Promise<void> => {
  const { id } = container;
  const signal =
    (options.signalName ?? '') === '' ? stopSignalOf(container) : parseSignal(options.signalName ?? '');
  using _stopping = deps.intents.stopping(id);
  deps.intents.askStop(id);
  if (await cancelRestart(deps, id, 'stop')) return;
  await stopProcess(deps, id, signal, options.timeout ?? stopTimeoutOf(container));
  // Between the exit and its restart: what was just recorded is taken back.
  await cancelRestart(deps, id);
};

/** Stops a container. @throws not-found; internal `cannot stop container: X: …` */
export const stopContainer = async (
  deps: StopDeps,
  reference: string,
  options: StopOptions,
): Promise<'stopped' | 'already-stopped'> => {
  const container = await settled(deps, reference);
  if (!isRunning(container.state)) return 'already-stopped';
  try {
    await stopRunning(deps, container, options);
  } catch (error) {
    const kind = kindOf(error) === 'invalid-argument' ? 'internal' : kindOf(error);
    throw new EngineError(kind, `cannot stop container: ${reference}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return 'stopped';
};
