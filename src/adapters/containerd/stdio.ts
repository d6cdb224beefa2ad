// SPDX-License-Identifier: Apache-2.0
import type { Readable, Writable } from 'node:stream';
import type { StdioPaths } from './tasks.ts';

/** Our ends of a process's FIFOs. Disposing closes them and removes the files. */
export interface Stdio extends AsyncDisposable {
  readonly paths: StdioPaths;
  /** Present when asked for. It stays open for the shim until `end()`; writes follow back-pressure. */
  readonly stdin?: Writable;
  /** Ends when the process and all that inherited its output have closed it. */
  readonly stdout?: Readable;
  readonly stderr?: Readable;
  /** Closes our ends but leaves the files, so that a restarted daemon can open them again (live restore). */
  detach(): void;
}

export interface StdioRequest {
  /** Directory for the FIFOs; made when missing, 0700. */
  readonly directory: string;
  /** First part of the file names: `<name>-stdin` … */
  readonly name: string;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly terminal: boolean;
}

export interface StdioFactory {
  /** Makes the FIFOs and opens the read ends, before `tasks.create`. */
  create(request: StdioRequest): Stdio;
  /** Opens FIFOs that an earlier daemon made. `undefined` when they are gone. */
  reopen(request: StdioRequest): Stdio | undefined;
  /**
   * Holds every FIFO below `directory` open until disposed of. A shim that was cut off by the death of an earlier daemon
   * waits for somebody to open the other end, and answers nobody meanwhile: this lets it go on.
   */
  awaken(directory: string): Disposable;
}
