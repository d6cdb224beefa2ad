// SPDX-License-Identifier: Apache-2.0
import type { LogFiles, LogFileWriter, Rotation } from '../../adapters/logfiles/index.ts';
import type { LogPast, LogTarget, ReadSignals } from './driver.ts';
import type { LogLine, LogQuery } from './logs.ts';
import type { LogPiece } from './piece.ts';
import { openPast } from './read-past.ts';
import { type ReadableLog, readLog } from './read-log.ts';
import type { RecordFormat } from './record-format.ts';

/** What it takes to write a log in files. */
export interface FileLogRequest {
  readonly path: string;
  readonly rotation: Rotation;
  /** The records of a piece. */
  readonly encode: (piece: LogPiece) => Uint8Array;
  readonly report: (error: unknown) => void;
}

/** Logs in files of one format. It knows which are being written at present: their readers are told of new records. */
export class FileLogs {
  readonly #files: LogFiles;
  readonly #format: RecordFormat;
  readonly #writers = new Map<string, LogFileWriter>();

  constructor(files: LogFiles, format: RecordFormat) {
    this.#files = files;
    this.#format = format;
  }

  /** @throws by errno */
  async open({ path, rotation, encode, report }: FileLogRequest): Promise<LogTarget> {
    const options = { ...rotation, framing: this.#format.framing };
    const writer = await this.#files.openWriter(path, options, report);
    this.#writers.set(path, writer);
    return {
      write: (piece) => writer.write(encode(piece)),
      [Symbol.asyncDispose]: async () => {
        await writer[Symbol.asyncDispose]();
        if (this.#writers.get(path) === writer) this.#writers.delete(path);
      },
    };
  }

  read(path: string, query: LogQuery, signals: ReadSignals): AsyncIterable<LogLine> {
    return readLog(this.#log(path), query, signals);
  }

  /** The log as it is when all that was written before is in its files. @throws by errno */
  past(path: string): Promise<LogPast> {
    return openPast(this.#log(path));
  }

  #log(path: string): ReadableLog {
    return { files: this.#files, format: this.#format, path, writer: this.#writers.get(path) };
  }
}
