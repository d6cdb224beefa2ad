// SPDX-License-Identifier: Apache-2.0
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Compression, Packing } from './compression.ts';
import { runUnpacker } from './program.ts';

/** Bytes that pass a transform at once: large pieces cost fewer turns. */
const CHUNK = 256 * 1024;

const corrupt = (packing: Packing, cause: unknown): EngineError =>
  new EngineError('invalid-argument', `${packing}: invalid data: ${messageOf(cause)}`, { cause });

async function* transformed(
  transform: Transform,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const fed = pipeline(Readable.from(source, { objectMode: false }), transform, { signal });
  // An error of the source ends the transform too, and is thrown where the bytes are read.
  fed.catch((error: Error) => transform.destroy(error));
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
    await fed;
  } finally {
    transform.destroy();
  }
}

const open = (
  packing: Packing,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> => {
  if (packing === 'gzip') return transformed(createGunzip({ chunkSize: CHUNK }), source, signal);
  if (packing === 'zstd') return transformed(createZstdDecompress({ chunkSize: CHUNK }), source, signal);
  return packing === 'none' ? source : runUnpacker(packing, source, signal);
};

/** Errors of zlib have a code like `Z_DATA_ERROR`; what the source throws is passed on as it is. */
const isOfZlib = (error: unknown): boolean =>
  /^(Z_|ZSTD_|ERR_ZLIB)/.test(String((error as { code?: unknown }).code));

async function* unpack(
  packing: Packing,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* open(packing, source, signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw isOfZlib(cause) ? corrupt(packing, cause) : cause;
  }
}

/** gzip and zstd by Node's zlib, xz and bzip2 by the programs of those names. */
export const createCompression = (): Compression => ({ unpack });
