// SPDX-License-Identifier: Apache-2.0
import { isAscii, isUtf8 } from 'node:buffer';
import { formatRfc3339Nano, type Timestamp, ZERO_TIME } from '../../../base/time.ts';
import type { OutputStream } from '../logs.ts';
import type { LogPiece } from '../piece.ts';
import { escapeLines } from './go-text.ts';
import { escapeLossy } from './lossy-text.ts';

const NEWLINE = 10;
const HEAD = '{"log":"';

/** Go's encoder escapes these in all JSON. */
const escapeAttributes = (json: string): string =>
  json.replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Turns output into docker's json-file records: one line each, or a part of a line that is too long. */
export class RecordEncoder {
  readonly #attributes: string;
  #at: Timestamp = ZERO_TIME;
  #time = formatRfc3339Nano(ZERO_TIME);

  constructor(attributes: Readonly<Record<string, string>> | undefined) {
    const keys = Object.keys(attributes ?? {}).toSorted();
    const sorted = Object.fromEntries(keys.map((key) => [key, attributes?.[key]]));
    this.#attributes = keys.length === 0 ? '' : `"attrs":${escapeAttributes(JSON.stringify(sorted))},`;
  }

  /** Whole lines at once: the newlines between them are where the records are joined. */
  encode({ stream, bytes, at }: LogPiece): Uint8Array {
    const tail = this.#tail(stream, at);
    const joint = `\\n${tail}${HEAD}`;
    const isWhole = bytes.at(-1) === NEWLINE;
    const body = isWhole ? bytes.subarray(0, -1) : bytes;
    const end = isWhole ? `\\n${tail}` : tail;
    if (isAscii(body))
      return Buffer.from(`${HEAD}${escapeLines(body.toString('latin1'), joint)}${end}`, 'latin1');
    if (isUtf8(body)) return Buffer.from(`${HEAD}${escapeLines(body.toString('utf8'), joint)}${end}`);
    return Buffer.concat([Buffer.from(HEAD), escapeLossy(body, Buffer.from(joint)), Buffer.from(end)]);
  }

  #tail(stream: OutputStream, at: Timestamp): string {
    if (at !== this.#at) {
      this.#at = at;
      this.#time = formatRfc3339Nano(at);
    }
    return `","stream":"${stream}",${this.#attributes}"time":"${this.#time}"}\n`;
  }
}
