// SPDX-License-Identifier: Apache-2.0
import type { Writable } from 'node:stream';
import { writeTo } from './write-to.ts';

/** How Go's `json.Marshal` escapes what could end a script; events and progress lines are written that way. */
const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON text with `<`, `>` and `&` escaped, as Go's `json.Marshal` gives it. */
export const htmlSafeJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => ESCAPES[char] ?? char);

/** A stream of JSON objects, each with its own end of line and its own write, so that a client sees it at once. */
export class JsonLines {
  readonly #sink: Writable;
  readonly #ending: '\n' | '\r\n';

  /** `ending` is `\r\n` for progress, `\n` for events and stats. */
  constructor(sink: Writable, ending: '\n' | '\r\n') {
    this.#sink = sink;
    this.#ending = ending;
  }

  /** Resolves when the client takes more. @throws cancelled when it is gone */
  async write(value: unknown): Promise<void> {
    await writeTo(this.#sink, htmlSafeJson(value) + this.#ending);
  }

  end(): void {
    this.#sink.end();
  }
}
