// SPDX-License-Identifier: Apache-2.0
import type { LogLine, LogQuery, LogSink, LogSubject } from './logs.ts';

/** When a follower stops: at once with `signal`; with `ended` after all that was written has been read. */
export interface ReadSignals {
  readonly signal: AbortSignal;
  readonly ended: AbortSignal;
}

export type LogOptions = Readonly<Record<string, string>>;

/** One way to keep a container's output. */
export interface LogDriver {
  readonly name: string;
  /** Looks at the names of options only, as dockerd does at create. @throws invalid-argument */
  validate(options: LogOptions): void;
  /** @throws internal for bad values of options, and when the log can't be opened */
  open(subject: LogSubject): Promise<LogSink>;
  /** Absent when the driver can't read. */
  read?(subject: LogSubject, query: LogQuery, signals: ReadSignals): AsyncIterable<LogLine>;
  /** Path of a file that others may read; absent when there is none. */
  path?(subject: LogSubject): string;
}
