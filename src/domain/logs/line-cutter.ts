// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { Timestamp } from '../../base/time.ts';
import type { OutputStream } from './logs.ts';
import type { LogPiece, Partial } from './piece.ts';

/** The longest message: what is longer is cut (containers.md §11). */
export const LONGEST_MESSAGE = 16_384;

const NEWLINE = 10;

/** A long line whose first parts are out already. */
interface LongLine {
  readonly id: string;
  readonly at: Timestamp;
  readonly ordinal: number;
}

/** Cuts one stream's output into whole lines, and lines that are too long into parts. */
export class LineCutter {
  readonly #stream: OutputStream;
  readonly #longest: number;
  /** Output since the last whole line. */
  #pending: Buffer | undefined;
  #long: LongLine | undefined;

  constructor(stream: OutputStream, longest: number) {
    this.#stream = stream;
    this.#longest = longest;
  }

  /** The pieces that `chunk` completes. They may lie in `chunk`: it must not be changed. */
  take(chunk: Uint8Array, at: Timestamp): readonly LogPiece[] {
    const data = this.#withPending(chunk);
    const pieces: LogPiece[] = [];
    let start = 0;
    for (;;) {
      const end = this.#long ? this.#endOfLong(data, start) : this.#endOfLines(data, start);
      if (end > start) pieces.push(this.#whole(data.subarray(start, end), at));
      else if (data.length - start >= this.#longest) {
        pieces.push(this.#part(data.subarray(start, start + this.#longest), at));
        start += this.#longest;
        continue;
      } else break;
      start = end;
    }
    // A copy: the few bytes of an unfinished line must not keep the whole chunk.
    this.#pending = start < data.length ? Buffer.copyBytesFrom(data, start) : undefined;
    return pieces;
  }

  /** Output since the last whole line: no piece has it yet. */
  get held(): Uint8Array | undefined {
    return this.#pending;
  }

  /** What is left when the stream ends: a part without an end. */
  finish(at: Timestamp): LogPiece | undefined {
    const rest = this.#pending;
    this.#pending = undefined;
    return rest && this.#part(rest, at);
  }

  #withPending(chunk: Uint8Array): Buffer {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    return this.#pending ? Buffer.concat([this.#pending, bytes]) : bytes;
  }

  /**
   * Index after the last line of `data` that is whole, of those from `start` on; `start` when the next line is not whole
   * or too long. It leaps by the longest message instead of looking at each line.
   */
  #endOfLines(data: Buffer, start: number): number {
    let end = start;
    while (end < data.length) {
      const last = data.lastIndexOf(NEWLINE, end + this.#longest - 1);
      if (last < end) break;
      end = last + 1;
    }
    return end;
  }

  /** The end of the one line whose first parts are out already. */
  #endOfLong(data: Buffer, start: number): number {
    const newline = data.subarray(start, start + this.#longest).indexOf(NEWLINE);
    return newline < 0 ? start : start + newline + 1;
  }

  #whole(bytes: Buffer, at: Timestamp): LogPiece {
    const long = this.#long;
    this.#long = undefined;
    if (!long) return { stream: this.#stream, bytes, at };
    return { stream: this.#stream, bytes, at: long.at, partial: partOf(long, true) };
  }

  #part(bytes: Buffer, at: Timestamp): LogPiece {
    const long = this.#long ?? { id: randomBytes(32).toString('hex'), at, ordinal: 1 };
    this.#long = { ...long, ordinal: long.ordinal + 1 };
    return { stream: this.#stream, bytes, at: long.at, partial: partOf(long, false) };
  }
}

const partOf = ({ id, ordinal }: LongLine, last: boolean): Partial => ({ id, ordinal, last });
