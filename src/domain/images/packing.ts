// SPDX-License-Identifier: Apache-2.0
import type { Packing } from '../../adapters/compression/index.ts';
import { MEDIA_TYPE } from '../../spec/media-type.ts';

/** First bytes of packed streams. Source: the formats' own specifications. */
const MAGIC: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];

/** Bytes that tell a packing. */
export const MAGIC_LENGTH = 6;

/** How a stream that begins with `head` is packed. */
export const packingOf = (head: Uint8Array): Packing =>
  MAGIC.find(([, magic]) => magic.every((byte, at) => head[at] === byte))?.[0] ?? 'none';

/** The media type of a layer blob that containerd can unpack. */
export const layerTypeOf = (packing: Packing): string => {
  if (packing === 'gzip') return MEDIA_TYPE.ociLayerGzip;
  return packing === 'zstd' ? MEDIA_TYPE.ociLayerZstd : MEDIA_TYPE.ociLayer;
};

/** The first bytes of a stream, and the whole of it. */
export const peekStream = async (
  stream: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly whole: AsyncIterable<Uint8Array> }> => {
  const chunks = stream[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < MAGIC_LENGTH) {
    const next = await chunks.next();
    if (next.done === true) break;
    first.push(next.value);
    length += next.value.length;
  }
  const head = first.length === 1 ? (first[0] as Uint8Array) : Buffer.concat(first);
  const rest: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => chunks };
  return { head, whole: prepend(head, rest) };
};

async function* prepend(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* rest;
}
