// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type Nanoseconds, toMilliseconds } from '../../base/time.ts';
import { formatGoDuration } from '../../spec/go-duration.ts';

/** The time that the runtime has to start a container. Disposing ends the watch. */
export interface StartTimeout extends Disposable {
  /** Aborts when the time is up, with what the client is told, or with the daemon's own end. */
  readonly signal: AbortSignal;
  /** The runtime took too long, and may hang still. */
  readonly hasPassed: boolean;
}

/**
 * Begins the time of a start; below 1 ns there is no limit. dockerd has no such limit, and no status for it: 500 is what
 * it answers when the runtime fails, and what clients take for "not started".
 */
export const beginStartTimeout = (limit: Nanoseconds, lifetime: AbortSignal): StartTimeout => {
  if (limit <= 0n) return { signal: lifetime, hasPassed: false, [Symbol.dispose]: () => undefined };
  const over = new AbortController();
  const timer = setTimeout(() => {
    const text = `the runtime did not start the container within ${formatGoDuration(limit)}: context deadline exceeded`;
    over.abort(new EngineError('internal', text));
  }, toMilliseconds(limit));
  return {
    signal: AbortSignal.any([lifetime, over.signal]),
    get hasPassed() {
      return over.signal.aborted;
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
};
