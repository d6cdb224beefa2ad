// SPDX-License-Identifier: Apache-2.0
import type { LogFileReader, LogFiles, LogFileWriter } from '../../adapters/logfiles/index.ts';
import { seconds } from '../../base/time.ts';
import type { ReadSignals } from './driver.ts';
import { Changes, openFiles } from './follow.ts';
import { flatten } from './log-lines.ts';
import type { LogLine, LogQuery } from './logs.ts';
import { BlockReader } from './read-blocks.ts';
import type { RecordDecoder, RecordFormat } from './record-format.ts';

/** A log in files, and whoever writes it at present. */
export interface ReadableLog {
  readonly files: LogFiles;
  readonly format: RecordFormat;
  readonly path: string;
  readonly writer: LogFileWriter | undefined;
}

/** No log has more files than this. */
export const ALL_AGES = 1000;

interface Filtered {
  readonly lines: readonly LogLine[];
  /** A line lies behind `until`: nothing more is wanted. */
  readonly isPast: boolean;
}

const wanted = (lines: readonly LogLine[], query: LogQuery): Filtered => {
  const { since, until } = query;
  const past = until === undefined ? -1 : lines.findIndex((line) => line.at > until);
  const inTime = past < 0 ? lines : lines.slice(0, past);
  const all = query.stdout && query.stderr && since === undefined;
  return {
    isPast: past >= 0,
    lines: all
      ? inTime
      : inTime.filter((line) => query[line.stream] && (since === undefined || line.at >= since)),
  };
};

/** Where to begin: which files, oldest first, and the place in the first of them. */
const findStart = async (
  format: RecordFormat,
  readers: readonly LogFileReader[],
  tail: number | undefined,
): Promise<{ readonly readers: readonly LogFileReader[]; readonly position: number }> => {
  if (tail === undefined) return { readers, position: 0 };
  const last = readers.at(-1);
  if (tail === 0) return { readers: last ? [last] : [], position: (await last?.size()) ?? 0 };
  let left = tail;
  for (let index = readers.length - 1; index >= 0; index -= 1) {
    const { position, found } = await format.findTail(readers[index] as LogFileReader, left);
    if (found >= left || index === 0) return { readers: readers.slice(index), position };
    left -= found;
  }
  return { readers, position: 0 };
};

/** A file, and how far it has been read. */
interface Place {
  readonly reader: LogFileReader;
  readonly blocks: BlockReader;
}

/** What a file system's clock may be behind ours: it ticks every few milliseconds. */
const CLOCK_SLACK = seconds(1);

class LogReading {
  readonly #log: ReadableLog;
  readonly #query: LogQuery;
  readonly #signals: ReadSignals;
  readonly #decoder: RecordDecoder;
  #isPast = false;

  constructor(log: ReadableLog, query: LogQuery, signals: ReadSignals) {
    this.#log = log;
    this.#decoder = log.format.createDecoder();
    this.#query = query;
    this.#signals = signals;
  }

  async *batches(): AsyncGenerator<readonly LogLine[]> {
    const { files, path, writer } = this.#log;
    using changes = new Changes(writer);
    await using open = new AsyncDisposableStack();
    const ages = this.#query.tail === 0 ? 0 : ALL_AGES;
    const { readers, generation } = await openFiles(files, path, writer, ages);
    for (const reader of readers) open.use(reader);
    const start = await findStart(this.#log.format, readers, this.#query.tail);
    const left = readers.slice(0, readers.length - start.readers.length);
    for (const reader of left) await reader[Symbol.asyncDispose]();
    let last: Place | undefined;
    for (const [index, reader] of start.readers.entries()) {
      // What was unpacked to be read need not stay in memory, what is deleted not on the disk.
      await last?.reader[Symbol.asyncDispose]();
      last = this.#place(reader, index === 0 ? start.position : 0);
      if (await this.#isWanted(reader)) yield* this.#rest(last.blocks);
    }
    if (this.#query.follow) yield* this.#follow(last, generation, changes, open);
  }

  /** A file that was written to last before `since` has nothing for us; its clock may be a little behind ours. */
  async #isWanted(reader: LogFileReader): Promise<boolean> {
    const { since } = this.#query;
    return since === undefined || (await reader.modifiedAt()) >= since - CLOCK_SLACK;
  }

  #place(reader: LogFileReader, position: number): Place {
    return { reader, blocks: new BlockReader(reader, this.#log.format, position) };
  }

  get #isOver(): boolean {
    return this.#isPast || this.#signals.signal.aborted;
  }

  /** All that is in a file from where its reader stands. */
  async *#rest(blocks: BlockReader): AsyncGenerator<readonly LogLine[]> {
    while (!this.#isOver) {
      const block = await blocks.next();
      if (block === undefined) return;
      const { lines, isPast } = wanted(this.#decoder.decode(block), this.#query);
      this.#isPast = isPast;
      yield lines;
    }
  }

  async *#follow(
    first: Place | undefined,
    from: number,
    changes: Changes,
    open: AsyncDisposableStack,
  ): AsyncGenerator<readonly LogLine[]> {
    const { writer } = this.#log;
    let current = first;
    let generation = from;
    while (!this.#isOver) {
      // Looked at before the reading: what is written until then is read, what comes after wakes us again.
      const isLast = this.#signals.ended.aborted;
      await writer?.flush();
      const newest = writer?.generation ?? generation;
      if (current) yield* this.#rest(current.blocks);
      if (newest > generation) {
        const next = await this.#openNext(generation + 1);
        generation = next.generation;
        if (next.reader) {
          await current?.reader[Symbol.asyncDispose]();
          current = this.#place(open.use(next.reader), 0);
        }
      } else if (isLast) return;
      else await changes.next(this.#signals);
    }
  }

  /** The file of `generation`, or the oldest younger one when it is gone already. */
  async #openNext(
    generation: number,
  ): Promise<{ readonly reader: LogFileReader | undefined; readonly generation: number }> {
    const { files, path, writer } = this.#log;
    const age = (writer?.generation ?? generation) - generation;
    const opened = await openFiles(files, path, writer, age);
    // Younger files that were opened along are opened again when it is their turn.
    for (const reader of opened.readers.slice(1)) await reader[Symbol.asyncDispose]();
    return {
      reader: opened.readers[0],
      generation: opened.generation - Math.max(0, opened.readers.length - 1),
    };
  }
}

/** Reads a log over all its files, and follows it when asked to. */
export const readLog = (log: ReadableLog, query: LogQuery, signals: ReadSignals): AsyncIterable<LogLine> =>
  flatten(new LogReading(log, query, signals).batches());
