// SPDX-License-Identifier: Apache-2.0
import { type Timestamp, ZERO_TIME } from '../../../base/time.ts';
import type { LogLine } from '../logs.ts';
import type { RecordDecoder } from '../record-format.ts';
import { ABOUT, LENGTH, TAG } from './entry.ts';

const NEWLINE = 10;
const STDERR = 'stderr'.length;
const SPLIT = 2 ** 28;

/** What an entry holds, by places in the block. */
interface Fields {
  source: number;
  sourceEnd: number;
  line: number;
  lineEnd: number;
  isPartial: boolean;
  isLast: boolean;
}

/** Reads the records of Moby's `local` driver. Neighbours often share their time, so the last one read is remembered. */
export class EntryDecoder implements RecordDecoder {
  #low = 0;
  #high = -1;
  #time: Timestamp = ZERO_TIME;
  #place = 0;

  decode(block: Buffer): readonly LogLine[] {
    const lines: LogLine[] = [];
    for (let start = 0; start + LENGTH <= block.length;) {
      const from = start + LENGTH;
      const to = from + block.readUInt32BE(start);
      if (to + LENGTH > block.length) break;
      const line = this.#entry(block, from, to);
      if (line) lines.push(line);
      start = to + LENGTH;
    }
    return lines;
  }

  #entry(block: Buffer, from: number, to: number): LogLine | undefined {
    const fields: Fields = {
      source: 0,
      sourceEnd: 0,
      line: to,
      lineEnd: to,
      isPartial: false,
      isLast: false,
    };
    let at: Timestamp = ZERO_TIME;
    this.#place = from;
    while (this.#place < to) {
      const tag = block[this.#place++];
      if (tag === TAG.time) at = this.#moment(block);
      else if (tag === TAG.partial) fields.isPartial = this.#number(block) !== 0;
      else if (!this.#field(block, tag, fields)) return undefined;
    }
    return this.#place === to ? { ...textOf(block, fields), at } : undefined;
  }

  /** A field with a length; false for what no entry has. */
  #field(block: Buffer, tag: number | undefined, fields: Fields): boolean {
    if (tag !== TAG.source && tag !== TAG.line && tag !== TAG.about) return false;
    const length = this.#number(block);
    const start = this.#place;
    this.#place += length;
    if (tag === TAG.source) [fields.source, fields.sourceEnd] = [start, this.#place];
    if (tag === TAG.line) [fields.line, fields.lineEnd] = [start, this.#place];
    // The first of its fields, when it is there at all.
    if (tag === TAG.about) fields.isLast = block[start] === ABOUT.last && block[start + 1] === 1;
    return true;
  }

  /** A varint of 28 bits at most. */
  #number(block: Buffer): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = block[this.#place++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }

  /** A varint of 64 bits, in two parts: a bigint is made of them only when they are new. */
  #moment(block: Buffer): Timestamp {
    const low = this.#number(block);
    const isLong = (block[this.#place - 1] ?? 0) >= 0x80;
    const middle = isLong ? this.#number(block) : 0;
    const top = isLong && (block[this.#place - 1] ?? 0) >= 0x80 ? this.#number(block) : 0;
    const high = middle + top * SPLIT;
    if (low !== this.#low || high !== this.#high) {
      this.#low = low;
      this.#high = high;
      this.#time = BigInt.asIntN(64, BigInt(high) * BigInt(SPLIT) + BigInt(low)) as Timestamp;
    }
    return this.#time;
  }
}

/** The line with its newline, for which there is always a byte behind it: a length or another field, read already. */
const textOf = (block: Buffer, fields: Fields): Pick<LogLine, 'stream' | 'text'> => {
  const { line, lineEnd } = fields;
  const stream =
    fields.sourceEnd - fields.source === STDERR && block[fields.source + 3] === 0x65 ? 'stderr' : 'stdout';
  if (fields.isPartial && !fields.isLast) return { stream, text: block.subarray(line, lineEnd) };
  block[lineEnd] = NEWLINE;
  return { stream, text: block.subarray(line, lineEnd + 1) };
};
