// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../base/time.ts';
import type { LogConfig } from '../../spec/host-config.ts';

export type OutputStream = 'stdout' | 'stderr';

/** One record of a container's log: a line with its newline, or a part of a line longer than 16 KiB. */
export interface LogLine {
  readonly stream: OutputStream;
  readonly text: Uint8Array;
  readonly at: Timestamp;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Where the output of one run goes. */
export interface LogSink extends AsyncDisposable {
  /** Takes a chunk of output as it came from the process. Resolves when more may be written; `undefined` means now. */
  write(stream: OutputStream, chunk: Uint8Array): Promise<void> | undefined;
}

/** The container whose log is opened, as far as a log needs to know it. */
export interface LogSubject {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  readonly imageName: string;
  readonly created: Timestamp;
  readonly path: string;
  readonly args: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly env: readonly string[];
  /** `containers/<id>` */
  readonly directory: string;
  readonly config: LogConfig;
}

export interface LogQuery {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly follow: boolean;
  /** Records from the end; `undefined` is all. */
  readonly tail?: number;
  readonly since?: Timestamp;
  readonly until?: Timestamp;
}

export interface Logs {
  /** @throws invalid-argument for an unknown driver or option, in Docker's words */
  validate(config: LogConfig): void;
  /** The daemon's default driver and options where `config` leaves them open. */
  withDefaults(config: LogConfig): LogConfig;
  /** Looks at the daemon's own driver and options. @throws invalid-argument `failed to set log opts: …` */
  validateDefaults(): void;
  /** Opens the log of a run that is about to start. @throws internal in the driver's words */
  open(subject: LogSubject): Promise<LogSink>;
  /** Opens the log of a run that goes on. `undefined` when that fails: it has been told, and the container runs without. */
  reopen(subject: LogSubject): Promise<LogSink | undefined>;
  /** What was logged; follows until `ended` aborts (the run is over and its log written) or `signal` does. @throws not-implemented when the driver can't read. */
  read(
    subject: LogSubject,
    query: LogQuery,
    signals: { readonly signal: AbortSignal; readonly ended: AbortSignal },
  ): AsyncIterable<LogLine>;
  /**
   * What was logged until this call, not a byte of what comes after it, and last what waits to be logged because its line
   * is not whole. Its files are opened at once, so no rotation takes them away, and are held until it has been read or
   * `signal` aborts. @throws not-implemented when the driver can't read
   */
  past(
    subject: LogSubject,
    streams: Pick<LogQuery, OutputStream>,
    signals: { readonly signal: AbortSignal },
  ): AsyncIterable<LogLine>;
  /** Path of the json-file log, or empty. */
  path(subject: LogSubject): string;
  readonly drivers: readonly string[];
}
