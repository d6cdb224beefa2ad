// SPDX-License-Identifier: Apache-2.0

/** When a log starts a new file, and how many of them stay. */
export interface Rotation {
  /** Bytes after which a file is full; `undefined` for never. */
  readonly maxSize?: number;
  /** Files in all, the one being written included; at least 1. */
  readonly maxFiles: number;
  /** Full files are kept as gzip (`<path>.1.gz`). */
  readonly compress: boolean;
}

/**
 * How the records of a log are told apart: each ends in a newline, or stands between two lengths of 4 bytes, big-endian,
 * that do not count themselves.
 */
export type RecordFraming = 'lines' | 'lengths';

/** How a log is kept on disk. */
export interface LogFileOptions extends Rotation {
  /** `lines` when absent. */
  readonly framing?: RecordFraming;
}

/** Appends to a log; what is written is batched. */
export interface LogFileWriter extends AsyncDisposable {
  /**
   * Takes whole records. Never fails: what can't be written is dropped and told to `onFailure`.
   * Resolves when more may be written; `undefined` means now.
   */
  write(records: Uint8Array): Promise<void> | undefined;
  /** Resolves when all that was written so far can be read. */
  flush(): Promise<void>;
  /** Times that a new file was begun since the writer was opened. */
  readonly generation: number;
  /** A new file is being begun: those that are there now do not belong together. */
  readonly isRotating: boolean;
  /** Calls `listener` whenever there is more to read, or a new file. */
  onChange(listener: () => void): Disposable;
}

/** One file of a log, as it was when opened: a rotation does not pull it away. */
export interface LogFileReader extends AsyncDisposable {
  /** Bytes at present. */
  size(): Promise<number>;
  /** When it was written to last, Unix nanoseconds by the file system's clock. */
  modifiedAt(): Promise<bigint>;
  /** Reads up to `into.length` bytes at `position`; 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
}

/** Log files on disk. A rotated one is `<path>.1`, older ones have higher numbers. */
export interface LogFiles {
  /**
   * Opens the log for appending; made (0640, its folder too) when missing. A last record that a crash cut off is
   * ended where it is (lines) or removed (lengths).
   * `onFailure` is told once whenever writing begins to fail.
   * @throws by errno
   */
  openWriter(
    path: string,
    options: LogFileOptions,
    onFailure: (error: unknown) => void,
  ): Promise<LogFileWriter>;
  /** The file itself (`age` 0) or a rotated one; a packed one is unpacked into memory when it is read first. `undefined` when there is none. */
  openReader(path: string, age: number): Promise<LogFileReader | undefined>;
}
