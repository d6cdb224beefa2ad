// SPDX-License-Identifier: Apache-2.0
import { EngineError, kindOf, messageOf } from '../../base/errors.ts';
import { isKnownSignal, parseSignal, SIGKILL } from '../../spec/signals.ts';
import { type EndProcessDeps, killProcess } from './end-process.ts';
import { notRunning } from './errors.ts';
import { sendSignal } from './send-signal.ts';
import { stopSignalOf } from './stop-signal.ts';
import { settled } from './settled.ts';
import { isRunning } from './state.ts';
import { cancelRestart } from './stop.ts';

export type KillDeps = EndProcessDeps;

const readSignal = (name: string): number => {
  const signal = name === '' ? SIGKILL : parseSignal(name);
  if (isKnownSignal(signal)) return signal;
  throw new EngineError('invalid-argument', `the linux daemon does not support signal ${signal}`);
};

const kill = async (deps: KillDeps, reference: string, signal: number): Promise<void> => {
  const container = await settled(deps, reference);
  const { id, state } = container;
  if (!isRunning(state)) throw notRunning(id);
  if (state.status === 'restarting') {
    const isEnd = signal === SIGKILL || signal === stopSignalOf(container);
    if (!isEnd || (await cancelRestart(deps, id))) return;
  }
  if (signal === SIGKILL) return killProcess(deps, id);
  if ((await sendSignal(deps, id, signal)) === 'no-process') throw notRunning(id);
};

/**
 * Sends a signal; SIGKILL is waited for.
 * @throws not-found; conflict when nothing runs; invalid-argument for a bad signal; all with `cannot kill container: X: `
 * before their text
 */
export const killContainer = async (deps: KillDeps, reference: string, signalName: string): Promise<void> => {
  try {
    await kill(deps, reference, readSignal(signalName));
  } catch (error) {
    throw new EngineError(kindOf(error), `cannot kill container: ${reference}: ${messageOf(error)}`, {
      cause: error,
    });
  }
};
