// SPDX-License-Identifier: Apache-2.0
import { isAscii, isUtf8 } from 'node:buffer';
import { escapeLines } from './go-text.ts';
import { escapeLossy } from './lossy-text.ts';

/** The longest record: what is longer is cut (containers.md §11). */
const LONGEST = 16_384;
const NEWLINE = 10;
const HEAD = '{"log":"';

/**
 * Index after the last line of `data` that is whole, of those from `start` on; `start` when the next line is not whole or
 * too long. It leaps by the longest record instead of looking at each line.
 */
const endOfLines = (data: Buffer, start: number): number => {
  let end = start;
  while (end < data.length) {
    const last = data.lastIndexOf(NEWLINE, end + LONGEST - 1);
    if (last < end) break;
    end = last + 1;
  }
  return end;
};

/** Turns one stream's output into docker's json-file records: one line each, or a part of a line that is too long. */
export class RecordEncoder {
  readonly #afterLog: string;
  /** Output since the last whole line. */
  #pending: Buffer | undefined;
  /** The time of a long line's first part: all its parts carry it. */
  #partTime: string | undefined;

  constructor(stream: 'stdout' | 'stderr', attributes: Readonly<Record<string, string>> | undefined) {
    const keys = Object.keys(attributes ?? {}).toSorted();
    const attrs = escapeAttributes(
      JSON.stringify(Object.fromEntries(keys.map((key) => [key, attributes?.[key]]))),
    );
    this.#afterLog = `","stream":"${stream}",${keys.length === 0 ? '' : `"attrs":${attrs},`}"time":"`;
  }

  /** The records that `chunk` completes; `time` as RFC 3339 text. */
  take(chunk: Uint8Array, time: string): Uint8Array | undefined {
    const data = this.#withPending(chunk);
    const records: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      const end = this.#partTime === undefined ? endOfLines(data, at) : this.#endOfContinued(data, at);
      if (end > at) {
        records.push(this.#encode(data.subarray(at, end), this.#partTime ?? time));
        this.#partTime = undefined;
        at = end;
      } else if (data.length - at >= LONGEST) {
        this.#partTime ??= time;
        records.push(this.#encode(data.subarray(at, at + LONGEST), this.#partTime));
        at += LONGEST;
      } else break;
    }
    this.#pending = at < data.length ? data.subarray(at) : undefined;
    return records.length < 2 ? records[0] : Buffer.concat(records);
  }

  /** What is left when the stream ends, as a record without a newline. */
  finish(time: string): Uint8Array | undefined {
    const rest = this.#pending;
    this.#pending = undefined;
    return rest && this.#encode(rest, this.#partTime ?? time);
  }

  #withPending(chunk: Uint8Array): Buffer {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    return this.#pending ? Buffer.concat([this.#pending, bytes]) : bytes;
  }

  /** The end of the one line whose first parts are written already. */
  #endOfContinued(data: Buffer, start: number): number {
    const newline = data.subarray(start, start + LONGEST).indexOf(NEWLINE);
    return newline < 0 ? start : start + newline + 1;
  }

  /** Whole lines at once: the newlines between them are where the records are joined. */
  #encode(lines: Buffer, time: string): Uint8Array {
    const tail = `${this.#afterLog}${time}"}\n`;
    const joint = `\\n${tail}${HEAD}`;
    const isWhole = lines.at(-1) === NEWLINE;
    const body = isWhole ? lines.subarray(0, -1) : lines;
    const end = isWhole ? `\\n${tail}` : tail;
    if (isAscii(body))
      return Buffer.from(`${HEAD}${escapeLines(body.toString('latin1'), joint)}${end}`, 'latin1');
    if (isUtf8(body)) return Buffer.from(`${HEAD}${escapeLines(body.toString('utf8'), joint)}${end}`);
    return Buffer.concat([Buffer.from(HEAD), escapeLossy(body, Buffer.from(joint)), Buffer.from(end)]);
  }
}

/** Go's encoder escapes these in all JSON. */
const escapeAttributes = (json: string): string =>
  json.replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
