// SPDX-License-Identifier: Apache-2.0
import type { LogFileReader } from '../../../adapters/logfiles/index.ts';
import { BLOCK, type RecordFormat, type Tail } from '../record-format.ts';
import { EntryDecoder } from './decode.ts';
import { LENGTH } from './entry.ts';

/** No entry is longer, so what says that it is, is no entry (Moby reads up to 1 MB). */
const LONGEST = 4 * 1024 * 1024;

/** Both lengths of a record. */
const LENGTHS = 2 * LENGTH;

/** Index after the last whole record; past all of `data` when it holds what is no record: it can't be told apart then. */
const wholeEnd = (data: Buffer): number => {
  let end = 0;
  while (end + LENGTH <= data.length) {
    const length = data.readUInt32BE(end);
    if (length > LONGEST) return data.length;
    if (end + length + LENGTHS > data.length) break;
    end += length + LENGTHS;
  }
  return end;
};

/** Reads the 4 bytes before a place, from place to earlier place: a block at a time. */
class BackwardLengths {
  readonly #file: LogFileReader;
  readonly #block: Buffer;
  #start = 0;
  #end = 0;

  constructor(file: LogFileReader, size: number) {
    this.#file = file;
    this.#block = Buffer.allocUnsafeSlow(Math.min(size, BLOCK));
  }

  async before(place: number): Promise<number> {
    if (place - LENGTH < this.#start || place > this.#end) {
      this.#start = Math.max(0, place - this.#block.length);
      this.#end =
        this.#start + (await this.#file.read(this.#block.subarray(0, place - this.#start), this.#start));
    }
    return this.#block.readUInt32BE(place - LENGTH - this.#start);
  }
}

/** Where the whole records of a file end whose last one may be cut off. */
const endOfRecords = async (file: LogFileReader, size: number): Promise<number> => {
  const lengths = new BackwardLengths(file, size);
  const start = size < LENGTHS ? -1 : size - LENGTHS - (await lengths.before(size));
  if (start >= 0 && (await lengths.before(start + LENGTH)) === size - LENGTHS - start) return size;
  let end = 0;
  while (end + LENGTHS <= size) {
    const next = end + LENGTHS + (await lengths.before(end + LENGTH));
    if (next > size) break;
    end = next;
  }
  return end;
};

/** Goes from record to record by the lengths behind them. */
const findTail = async (file: LogFileReader, count: number): Promise<Tail> => {
  const size = await file.size();
  let position = await endOfRecords(file, size);
  const lengths = new BackwardLengths(file, size);
  let found = 0;
  while (position > 0 && found < count) {
    const start = position - LENGTHS - (await lengths.before(position));
    if (start < 0) break;
    position = start;
    found += 1;
  }
  return { position, found };
};

/** The records of Moby's `local` driver. */
export const localFormat: RecordFormat = {
  framing: 'lengths',
  wholeEnd,
  findTail,
  createDecoder: () => new EntryDecoder(),
};
