// SPDX-License-Identifier: Apache-2.0
import type { Writable } from 'node:stream';
import { EngineError } from '../../base/errors.ts';

const gone = (): EngineError => new EngineError('cancelled', 'the client has hung up');

/** Resolves when `sink` takes more. @throws cancelled when it closes first */
export const drained = async (sink: Writable): Promise<void> => {
  if (sink.destroyed || sink.closed) throw gone();
  const ready = Promise.withResolvers<void>();
  const onDrain = (): void => ready.resolve();
  const onClose = (): void => ready.reject(gone());
  sink.once('drain', onDrain);
  sink.once('close', onClose);
  try {
    await ready.promise;
  } finally {
    sink.off('drain', onDrain);
    sink.off('close', onClose);
  }
};

/** Writes and waits until more may be written. @throws cancelled when the client is gone */
export const writeTo = async (sink: Writable, bytes: string | Uint8Array): Promise<void> => {
  if (sink.destroyed || sink.closed) throw gone();
  if (!sink.write(bytes)) await drained(sink);
};

/** Resolves when `bytes` have left for the kernel. @throws cancelled when `sink` closes first */
const written = (sink: Writable, bytes: Uint8Array): Promise<void> => {
  const left = Promise.withResolvers<void>();
  const onClose = (): void => left.reject(gone());
  sink.once('close', onClose);
  sink.write(bytes, (error) => {
    sink.off('close', onClose);
    if (error) left.reject(gone());
    else left.resolve();
  });
  // Awaited later, when the next piece is on its way.
  left.promise.catch(() => undefined);
  return left.promise;
};

/**
 * Writes all of `content`, no faster than it is read, and ends `sink`. A piece has left before the next but one is asked for,
 * so that the source can use its memory again. @throws cancelled when the client is gone
 */
export const writeAll = async (sink: Writable, content: AsyncIterable<Uint8Array>): Promise<void> => {
  let before: Promise<void> | undefined;
  for await (const bytes of content) {
    if (sink.destroyed || sink.closed) throw gone();
    const leaving = written(sink, bytes);
    await before;
    before = leaving;
  }
  await before;
  sink.end();
};
