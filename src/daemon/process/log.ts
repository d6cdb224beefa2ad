// SPDX-License-Identifier: Apache-2.0
import type { Log, LogFields, LogLevel } from '../../base/log.ts';
import { formatRfc3339Fixed, now } from '../../base/time.ts';
import { stringify } from '../../base/json.ts';

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
  /** Takes one line, its newline included. */
  readonly write: (line: string) => void;
}

/** The daemon's log, whose level a reload can change. */
export interface DaemonLog extends Log {
  setLevel(level: LogLevel): void;
}

const RANKS: Readonly<Record<LogLevel, number>> = {
  trace: 0,
  debug: 1,
  info: 2,
  warn: 3,
  error: 4,
  fatal: 5,
};

/** The word that dockerd's lines have for a level. */
const wordOf = (level: LogLevel): string => (level === 'warn' ? 'warning' : level);

const plain = (value: unknown): unknown => (value instanceof Error ? value.message : value);

const quote = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (stringify(value) ?? String(value));
  return /^[\w./:@^+-]+$/.test(text) ? text : JSON.stringify(text);
};

const textLine = (level: LogLevel, sentence: string, fields: LogFields): string => {
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${quote(plain(value))}`);
  return `time="${formatRfc3339Fixed(now())}" level=${wordOf(level)} msg=${JSON.stringify(sentence)}${pairs.join('')}\n`;
};

const jsonLine = (level: LogLevel, sentence: string, fields: LogFields): string => {
  const values = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value)]));
  return `${stringify({ ...values, level: wordOf(level), msg: sentence, time: formatRfc3339Fixed(now()) })}\n`;
};

/** Writes lines as dockerd's logger does: logfmt or JSON, one a line. */
class LineLog implements DaemonLog {
  readonly #options: LogOptions;
  readonly #fields: LogFields;
  /** Shared with all logs made by `with`. */
  readonly #threshold: { rank: number };

  constructor(options: LogOptions, fields: LogFields, threshold: { rank: number }) {
    this.#options = options;
    this.#fields = fields;
    this.#threshold = threshold;
  }

  debug(sentence: string, fields?: LogFields): void {
    this.#line('debug', sentence, fields);
  }
  info(sentence: string, fields?: LogFields): void {
    this.#line('info', sentence, fields);
  }
  warn(sentence: string, fields?: LogFields): void {
    this.#line('warn', sentence, fields);
  }
  error(sentence: string, fields?: LogFields): void {
    this.#line('error', sentence, fields);
  }

  with(fields: LogFields): Log {
    return new LineLog(this.#options, { ...this.#fields, ...fields }, this.#threshold);
  }

  setLevel(level: LogLevel): void {
    this.#threshold.rank = RANKS[level];
  }

  #line(level: LogLevel, sentence: string, fields: LogFields = {}): void {
    if (RANKS[level] < this.#threshold.rank) return;
    const line = this.#options.format === 'json' ? jsonLine : textLine;
    this.#options.write(line(level, sentence, { ...this.#fields, ...fields }));
  }
}

/** The daemon's log as `options` say. */
export const createLog = (options: LogOptions): DaemonLog =>
  new LineLog(options, {}, { rank: RANKS[options.level] });
