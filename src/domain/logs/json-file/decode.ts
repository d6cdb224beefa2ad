// SPDX-License-Identifier: Apache-2.0
import { parseRfc3339, type Timestamp, ZERO_TIME } from '../../../base/time.ts';
import type { LogLine, OutputStream } from '../logs.ts';
import type { RecordDecoder } from '../record-format.ts';

const NEWLINE = 10;
const HEAD = '{"log":"';
const BEFORE_STREAM = '","stream":"';
const BEFORE_TIME = '","time":"';
const END = '"}';

interface StoredRecord {
  readonly log?: string;
  readonly stream?: string;
  readonly attrs?: Readonly<Record<string, string>>;
  readonly time?: string;
}

const isRecord = (value: unknown): value is StoredRecord => typeof value === 'object' && value !== null;

/** Reads json-file records. Neighbours often share their time, so the last one read is remembered. */
export class JsonDecoder implements RecordDecoder {
  #timeText = '';
  #time: Timestamp = ZERO_TIME;

  decode(block: Buffer): LogLine[] {
    // One character a byte: an index in the text is one in the block.
    const text = block.toString('latin1');
    const lines: LogLine[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      const line = this.#plain(block, text, start, end) ?? this.#any(block, start, end);
      if (line) lines.push(line);
      start = end + 1;
    }
    return lines;
  }

  /** The usual record, without escapes but its newline and without attributes; `undefined` for any other. */
  #plain(block: Buffer, text: string, start: number, end: number): LogLine | undefined {
    if (!text.startsWith(HEAD, start)) return undefined;
    const from = start + HEAD.length;
    const to = text.indexOf(BEFORE_STREAM, from);
    if (to < 0 || to > end) return undefined;
    const streamAt = to + BEFORE_STREAM.length;
    const timeAt = streamAt + 'stdout'.length + BEFORE_TIME.length;
    if (!text.startsWith(BEFORE_TIME, timeAt - BEFORE_TIME.length)) return undefined;
    if (!text.startsWith(END, end - END.length)) return undefined;
    const backslash = text.indexOf('\\', from);
    const isWhole = backslash === to - 2 && text[to - 1] === 'n';
    if (!isWhole && backslash >= 0 && backslash < to) return undefined;
    if (isWhole) block[to - 2] = NEWLINE;
    return {
      stream: text.startsWith('stderr', streamAt) ? 'stderr' : 'stdout',
      text: block.subarray(from, isWhole ? to - 1 : to),
      at: this.#moment(text.slice(timeAt, end - END.length)),
    };
  }

  #any(block: Buffer, start: number, end: number): LogLine | undefined {
    let record: unknown;
    try {
      record = JSON.parse(block.toString('utf8', start, end));
    } catch {
      // Not written to its end: the process died or the disk was full.
      return undefined;
    }
    if (!isRecord(record)) return undefined;
    const stream: OutputStream = record.stream === 'stderr' ? 'stderr' : 'stdout';
    const at = this.#moment(record.time ?? '');
    const text = Buffer.from(record.log ?? '');
    return record.attrs ? { stream, text, at, attributes: record.attrs } : { stream, text, at };
  }

  #moment(text: string): Timestamp {
    if (text === this.#timeText) return this.#time;
    this.#timeText = text;
    this.#time = parseRfc3339(text) ?? ZERO_TIME;
    return this.#time;
  }
}
