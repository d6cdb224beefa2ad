// SPDX-License-Identifier: Apache-2.0
import type { LogLine, LogQuery, LogSubject } from './logs.ts';
import type { LogMessage, LogPiece } from './piece.ts';

/** When a follower stops: at once with `signal`; with `ended` after all that was written has been read. */
export interface ReadSignals {
  readonly signal: AbortSignal;
  readonly ended: AbortSignal;
}

/** A log as it was at one moment, with its files held open: what is written or rotated later changes nothing. */
export interface LogPast extends AsyncDisposable {
  /** All of its lines, in order, once. */
  batches(): AsyncGenerator<readonly LogLine[]>;
}

export type LogOptions = Readonly<Record<string, string>>;

/** What a driver is told beside the container when it opens a log. */
export interface LogContext {
  /** The host's name, for tags and for targets that want it. */
  readonly hostname: string;
  /**
   * Tells of output that is lost for good (`count` messages of it, when known): becomes a warning and an event of the
   * container, rate limited by the room. A log goes on after it. For losses behind the driver's own back (its buffer is
   * full, its retries are used up); what `write` or `log` throws or rejects with is told by the room itself.
   */
  readonly report: (error: unknown, count?: number) => void;
}

/** An open log, for one run of a container. The room calls it never again before a promise it gave is settled. */
export interface LogTarget extends AsyncDisposable {
  /**
   * Takes a piece; resolves when more may come, `undefined` means now. A rejection or throw means that this piece is
   * lost and the next may be tried.
   */
  write(piece: LogPiece): Promise<void> | undefined;
  // Disposal sends what is left, at most for as long as the room's patience (10 s) lasts.
}

/** One way to keep a container's output. */
export interface LogDriver {
  readonly name: string;
  /** Bytes after which a line is cut; 16 KiB when absent. */
  readonly longestMessage?: number;
  /**
   * Looks at what dockerd looks at when a container is made: the names of options, and a few values. Options that every
   * driver has (`mode`, `max-buffer-size`, `cache-…`) have been checked and are not among them.
   * @throws invalid-argument in dockerd's words
   */
  validate(options: LogOptions): void;
  /**
   * `subject.config.config` holds the options.
   * @throws any EngineError for bad values of options and when the log can't be opened: the start fails with
   * `failed to create task for container: failed to initialize logging driver: ` and its message
   */
  open(subject: LogSubject, context: LogContext): Promise<LogTarget>;
  /** Absent when the driver can't read: then the room keeps a copy for `docker logs`. */
  read?(subject: LogSubject, query: LogQuery, signals: ReadSignals): AsyncIterable<LogLine>;
  /**
   * The log as it is when all that was written before is in it; there exactly when `read` is. The room lets nothing be
   * written until it has resolved. @throws by errno
   */
  past?(subject: LogSubject): Promise<LogPast>;
  /** Path of a file that others may read; absent when there is none. */
  path?(subject: LogSubject): string;
}

/** An open connection to wherever messages are sent, for one run of a container. */
export interface PushTarget extends AsyncDisposable {
  /** As `LogTarget.write`: takes messages in order; none of them may be changed. The bytes may be kept. */
  log(messages: readonly LogMessage[]): Promise<void> | undefined;
}

/** A driver that sends messages somewhere: what `pushDriver` makes a `LogDriver` of. */
export interface PushDriver extends Pick<LogDriver, 'name' | 'longestMessage' | 'validate' | 'read'> {
  open(subject: LogSubject, context: LogContext): Promise<PushTarget>;
}
