// SPDX-License-Identifier: Apache-2.0
import { escapeLines } from './go-text.ts';

const NEWLINE = 10;

/** No escape of one byte is longer. */
const LONGEST_ESCAPE = 6;

const codesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

/** What Go writes for a byte that is no UTF-8. */
const REPLACEMENT = codesOf('\\ufffd');
const LINE_SEPARATOR = codesOf('\\u2028');
const PARAGRAPH_SEPARATOR = codesOf('\\u2029');

/** Escapes by byte; `undefined` for what stands for itself. */
const ESCAPES: readonly (Uint8Array | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  if (code === NEWLINE) return undefined;
  const character = String.fromCharCode(code);
  const escaped = escapeLines(character, '');
  return escaped === character ? undefined : codesOf(escaped);
});

const isContinuation = (byte: number | undefined, from = 0x80, to = 0xbf): boolean =>
  byte !== undefined && byte >= from && byte <= to;

/** The second byte of a sequence of three or four is bounded more narrowly after these first bytes (RFC 3629, section 4). */
const secondIsFine = (first: number, second: number | undefined): boolean => {
  if (first === 0xe0) return isContinuation(second, 0xa0);
  if (first === 0xed) return isContinuation(second, 0x80, 0x9f);
  if (first === 0xf0) return isContinuation(second, 0x90);
  return first === 0xf4 ? isContinuation(second, 0x80, 0x8f) : isContinuation(second);
};

/** Length of the UTF-8 sequence of several bytes at `index`, 0 when there is none. */
const sequenceLength = (bytes: Uint8Array, index: number): number => {
  const first = bytes[index] ?? 0;
  if (first < 0xc2 || first > 0xf4) return 0;
  if (!secondIsFine(first, bytes[index + 1])) return 0;
  if (first < 0xe0) return 2;
  if (!isContinuation(bytes[index + 2])) return 0;
  if (first < 0xf0) return 3;
  return isContinuation(bytes[index + 3]) ? 4 : 0;
};

const countNewlines = (bytes: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
};

/** LINE SEPARATOR and its neighbour, which Go escapes: E2 80 A8 and A9. */
const isLineSeparator = (bytes: Uint8Array, index: number): boolean =>
  bytes[index] === 0xe2 &&
  bytes[index + 1] === 0x80 &&
  (bytes[index + 2] === 0xa8 || bytes[index + 2] === 0xa9);

/** How the sequence of `length` bytes (0 for none) is to be written, unless it stands for itself. */
const escapeAt = (bytes: Uint8Array, index: number, length: number): Uint8Array | undefined => {
  if (length === 0) return REPLACEMENT;
  if (length === 1) return ESCAPES[bytes[index] as number];
  if (length !== 3 || !isLineSeparator(bytes, index)) return undefined;
  return bytes[index + 2] === 0xa8 ? LINE_SEPARATOR : PARAGRAPH_SEPARATOR;
};

/**
 * What `escapeLines` does, for bytes that are not all UTF-8: every single byte that belongs to no sequence is written as
 * a replacement of its own, as Go does. Byte by byte, since such output is likely to be large and binary.
 */
export const escapeLossy = (bytes: Buffer, separator: Buffer): Buffer => {
  const newlines = countNewlines(bytes);
  const out = Buffer.allocUnsafe((bytes.length - newlines) * LONGEST_ESCAPE + newlines * separator.length);
  let used = 0;
  for (let index = 0; index < bytes.length;) {
    const byte = bytes[index] as number;
    const length = byte < 0x80 ? 1 : sequenceLength(bytes, index);
    if (byte === NEWLINE) used += separator.copy(out, used);
    else {
      const escape = escapeAt(bytes, index, length);
      // Plain loops: an iterator or a copy for each of millions of bytes would take most of the time.
      if (escape) for (let at = 0; at < escape.length; at += 1) out[used++] = escape[at] as number;
      else for (let at = 0; at < length; at += 1) out[used++] = bytes[index + at] as number;
    }
    index += length || 1;
  }
  return out.subarray(0, used);
};
