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

/** Writes all of `content`, no faster than it is read, and ends `sink`. @throws cancelled when the client is gone */
export const writeAll = async (sink: Writable, content: AsyncIterable<Uint8Array>): Promise<void> => {
  for await (const bytes of content) await writeTo(sink, bytes);
  sink.end();
};
