// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';

/** Takes a chunk; a promise holds the source back until it resolves. */
export type Deliver = (chunk: Uint8Array) => Promise<void> | undefined;

/**
 * Moves everything from `source` to `deliver` until the source ends. Resolves when the last chunk has been taken, or at
 * once when `stop` is called. An error of the source counts as its end: there is nobody to tell.
 */
export const pump = (
  source: Readable,
  deliver: Deliver,
): { readonly done: Promise<void>; readonly stop: () => void } => {
  const finished = Promise.withResolvers<void>();
  let last: Promise<void> | undefined;
  const onData = (chunk: Uint8Array): void => {
    const busy = deliver(chunk);
    if (busy === undefined) return;
    source.pause();
    last = busy.catch(() => undefined).then(() => void source.resume());
  };
  const onEnd = (): void => {
    stop();
    void (last ?? Promise.resolve()).then(finished.resolve);
  };
  const stop = (): void => {
    source.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onEnd);
    // Late errors of a source nobody listens to must not end the daemon.
    source.on('error', () => undefined);
  };
  source.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onEnd);
  if (source.destroyed || source.readableEnded) onEnd();
  return {
    done: finished.promise,
    stop: () => {
      stop();
      finished.resolve();
    },
  };
};
