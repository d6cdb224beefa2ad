// SPDX-License-Identifier: Apache-2.0
import type { Framing } from './framing.ts';

/**
 * Splits a batch of whole records so that the first part fills up what `room` (bytes) is left in a file: the record that
 * crosses the border still belongs to it, as in dockerd.
 */
export const cutAt = (
  batch: readonly Uint8Array[],
  room: number,
  framing: Pick<Framing, 'borderAfter'>,
): { readonly fits: readonly Uint8Array[]; readonly rest: readonly Uint8Array[] } => {
  let left = room;
  for (const [index, bytes] of batch.entries()) {
    if (bytes.byteLength >= left) {
      const end = framing.borderAfter(bytes, Math.max(0, left - 1));
      const rest = batch.slice(index + 1);
      return {
        fits: [...batch.slice(0, index), bytes.subarray(0, end)],
        rest: end < bytes.byteLength ? [bytes.subarray(end), ...rest] : rest,
      };
    }
    left -= bytes.byteLength;
  }
  return { fits: batch, rest: [] };
};
