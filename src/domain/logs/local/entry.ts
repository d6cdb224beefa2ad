// SPDX-License-Identifier: Apache-2.0
import type { LogPiece } from '../piece.ts';

/**
 * Layout of a record, as Moby's `local` driver writes it: the entry's length, the entry, its length again, both as 4
 * bytes, big-endian. The entry is a protobuf message: 1 source (string), 2 time (int64, Unix nanoseconds), 3 line
 * (bytes, without a newline), 4 partial (bool: a part of a line), 5 about the part {1 last (bool), 2 id (string),
 * 3 ordinal (int32)}. What is zero or empty is left out.
 */
export const LENGTH = 4;

/** Tag bytes: field number × 8 + wire type. */
export const TAG = { source: 0x0a, time: 0x10, line: 0x1a, partial: 0x20, about: 0x2a } as const;
export const ABOUT = { last: 0x08, id: 0x12, ordinal: 0x18 } as const;

const NEWLINE = 10;

/** A varint. */
export const varint = (value: bigint | number): number[] => {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  bytes.push(Number(left));
  return bytes;
};

const head = ({ stream, at }: LogPiece): Buffer =>
  Buffer.from([TAG.source, stream.length, ...Buffer.from(stream), TAG.time, ...varint(at)]);

const about = ({ partial }: LogPiece): Buffer => {
  if (!partial) return Buffer.alloc(0);
  const { id, ordinal, last } = partial;
  const message = [
    ...(last ? [ABOUT.last, 1] : []),
    ABOUT.id,
    id.length,
    ...Buffer.from(id),
    ABOUT.ordinal,
    ...varint(ordinal),
  ];
  return Buffer.from([TAG.partial, 1, TAG.about, ...varint(message.length), ...message]);
};

const varintSize = (length: number): number => (length < 0x80 ? 1 : length < 0x4000 ? 2 : 3);

/** Writes the length of a line, of at most 2 MiB; gives the place behind it. */
const putVarint = (out: Buffer, at: number, length: number): number => {
  let [place, left] = [at, length];
  for (; left > 0x7f; left >>>= 7) out[place++] = (left & 0x7f) | 0x80;
  out[place++] = left;
  return place;
};

const entrySize = (length: number): number => (length === 0 ? 0 : 1 + varintSize(length) + length);

const putLength = (out: Buffer, at: number, length: number): number => out.writeUInt32BE(length, at);

const countLines = (bytes: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
};

/** The records of a piece: one each line, or one for the part of a line. */
export const encodeEntries = (piece: LogPiece): Buffer => {
  const { bytes, partial } = piece;
  const front = head(piece);
  const back = about(piece);
  const lines = partial ? 1 : countLines(bytes);
  // Room for what is in front of the line, its own length and what is behind it; some of it may stay unused.
  const out = Buffer.allocUnsafe(lines * (2 * LENGTH + front.length + 4 + back.length) + bytes.length);
  let used = 0;
  for (let start = 0, line = 0; line < lines; line += 1) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const length = end - start;
    const size = front.length + entrySize(length) + back.length;
    used = putLength(out, used, size);
    used += front.copy(out, used);
    if (length > 0) {
      out[used] = TAG.line;
      used = putVarint(out, used + 1, length);
      used += bytes.copy(out, used, start, end);
    }
    used += back.copy(out, used);
    used = putLength(out, used, size);
    start = end + 1;
  }
  return out.subarray(0, used);
};
