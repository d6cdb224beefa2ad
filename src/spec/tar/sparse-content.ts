// SPDX-License-Identifier: Apache-2.0

/** Bytes of a file and where in it they stand. */
export interface TarPiece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Many holes are made of the same zeros, which nobody writes to. */
const ZEROS = new Uint8Array(64 * 1024);

function* zeros(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, left);
}

/** The whole of a file of `size` bytes: its pieces, which come in order, and zeros between and after them. */
export async function* fillHoles(pieces: AsyncIterable<TarPiece>, size: number): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const { offset, bytes } of pieces) {
    yield* zeros(offset - at);
    yield bytes;
    at = offset + bytes.length;
  }
  yield* zeros(size - at);
}
