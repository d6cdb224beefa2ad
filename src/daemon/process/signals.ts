// SPDX-License-Identifier: Apache-2.0
import type { Log } from '../../base/log.ts';

/** What the process does on a signal. */
export interface SignalActions {
  /** SIGTERM or SIGINT, once. */
  stop(): void;
  /** SIGHUP */
  reload(): void;
  /** SIGUSR1 */
  dump(): void;
  /** Too many SIGTERM or SIGINT while stopping: 128 + the signal's number. */
  abandon(exitCode: number): void;
}

/** Names that dockerd's log has for them, and their numbers. Source: signal(7). */
const STOPS = { SIGTERM: ['terminated', 15], SIGINT: ['interrupt', 2] } as const;
/** So many more signals while stopping end the process at once. */
const PATIENCE = 3;

/** Listens for signals until disposed of. */
export const listenForSignals = (actions: SignalActions, log: Log): Disposable => {
  const received = { count: 0 };
  const stop = (name: 'SIGTERM' | 'SIGINT'): void => {
    const [word, number] = STOPS[name];
    log.info(`Processing signal '${word}'`);
    received.count += 1;
    if (received.count === 1) actions.stop();
    else if (received.count > PATIENCE) actions.abandon(128 + number);
    else log.info('still stopping', { signalsUntilForced: PATIENCE + 1 - received.count });
  };
  const handlers: readonly (readonly [NodeJS.Signals, () => void])[] = [
    ['SIGTERM', () => stop('SIGTERM')],
    ['SIGINT', () => stop('SIGINT')],
    ['SIGHUP', () => actions.reload()],
    ['SIGUSR1', () => actions.dump()],
    ['SIGPIPE', () => undefined],
  ];
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return {
    [Symbol.dispose]: () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    },
  };
};
