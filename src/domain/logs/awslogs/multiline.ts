// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../../base/errors.ts';
import { compileGoPattern } from '../../../spec/go-pattern.ts';
import type { LogOptions } from '../driver.ts';
import type { LogMessage } from '../piece.ts';
import { LONGEST_EVENT, type LogEvent, normalLength } from './events.ts';

const SHORT_DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const oneOf = (words: readonly string[]): string => `(?:${words.join('|')})`;

/** What each directive of strftime stands for. Source: docs.docker.com, "Amazon CloudWatch Logs logging driver". */
const DIRECTIVES: Readonly<Record<string, string>> = {
  '%a': oneOf(SHORT_DAYS),
  '%A': oneOf(DAYS),
  '%w': '[0-6]',
  '%d': '(?:0[1-9]|[12][0-9]|3[01])',
  '%b': oneOf(MONTHS.map((month) => month.slice(0, 3))),
  '%B': oneOf(MONTHS),
  '%m': '(?:0[1-9]|1[0-2])',
  '%Y': String.raw`\d{4}`,
  '%y': String.raw`\d{2}`,
  '%H': '(?:[01][0-9]|2[0-3])',
  '%I': '(?:0[0-9]|1[0-2])',
  '%p': '[AP]M',
  '%M': '[0-5][0-9]',
  '%S': '[0-5][0-9]',
  '%f': String.raw`\d{6}`,
  '%z': String.raw`[+-]\d{4}`,
  '%Z': '[A-Z]{1,4}T',
  '%j': '(?:[0-2][0-9][0-9]|3[0-5][0-9]|36[0-6])',
  '%L': String.raw`\.\d{3}`,
};

/** What the first line of an event looks like; `undefined` when every line is one. @throws invalid-argument */
export const parseMultiline = (options: LogOptions): RegExp | undefined => {
  const format = options['awslogs-datetime-format'] ?? '';
  const pattern =
    format === ''
      ? (options['awslogs-multiline-pattern'] ?? '')
      : format.replace(/%./g, (directive) => DIRECTIVES[directive] ?? '');
  if (pattern === '') return undefined;
  try {
    return compileGoPattern(pattern);
  } catch (cause) {
    const text = `awslogs could not parse multiline pattern key ${JSON.stringify(pattern)}: ${messageOf(cause)}`;
    throw new EngineError('invalid-argument', text, { cause });
  }
};

/** Joins lines into events: one begins with a line that matches, or when it would get too long. */
export class MultilineJoiner {
  readonly #start: RegExp;
  #lines: string[] = [];
  #length = 0;
  #at = 0;

  constructor(start: RegExp) {
    this.#start = start;
  }

  /** The event that is whole now that `message` came, if one is. */
  take(message: LogMessage, at: number): LogEvent | undefined {
    const line = Buffer.from(message.line).toString();
    const length = normalLength(line);
    const begins = this.#start.test(line) || this.#length + length > LONGEST_EVENT;
    const whole = begins ? this.finish() : undefined;
    if (this.#lines.length === 0) this.#at = at;
    const text = length < LONGEST_EVENT ? `${line}\n` : line;
    this.#lines.push(text);
    this.#length += normalLength(text);
    return whole;
  }

  /** The event so far. */
  finish(): LogEvent | undefined {
    if (this.#lines.length === 0) return undefined;
    const event = { message: this.#lines.join(''), timestamp: this.#at };
    this.#lines = [];
    this.#length = 0;
    return event;
  }

  /** The event so far when it began `age` milliseconds ago, or in the future. */
  finishOlderThan(age: number, now: number): LogEvent | undefined {
    const past = now - this.#at;
    return past >= age || past < 0 ? this.finish() : undefined;
  }
}
