// SPDX-License-Identifier: Apache-2.0
import type { Stdio } from '../../adapters/containerd/index.ts';
import type { LogSink } from '../logs/index.ts';
import type { StreamSession } from './containers.ts';

export interface SessionOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Parsed detach sequence; only looked for with a tty. Empty for none. */
  readonly detachKeys: Uint8Array;
  /** Called once when the client typed the detach sequence. */
  readonly onDetach?: () => void;
}

/** One run's stdio, as `start` made it. */
export interface RunStreams {
  readonly stdio: Stdio;
  /** Where output is logged; absent for execs and the `none` driver. */
  readonly sink?: LogSink;
  /** Tells the runtime that stdin has ended (`tasks.closeStdin`). */
  closeStdin(): Promise<void>;
}

/**
 * The streams of one container (or exec), over all its runs: clients attach at any time, before the first start too,
 * and every attached client gets a copy of the output from the run that `join` brings. A slow client holds back the
 * process only when its buffer is full.
 */
export interface ProcessStreams {
  /** Pieces of output taken so far, over all runs. */
  readonly heard: number;
  attach(options: SessionOptions): StreamSession;
  /** From now on output flows to the sink and the sessions. `drained` resolves when both outputs have ended and are logged. */
  join(run: RunStreams): { readonly drained: Promise<void> };
  /** The process has been started: stdin that ended before may be closed now. */
  started(): void;
  /** The run is over, or a start failed: every session ends; what was joined is let go of. */
  end(): void;
}

export interface ProcessStreamsOptions {
  readonly tty: boolean;
  readonly openStdin: boolean;
  readonly stdinOnce: boolean;
}
