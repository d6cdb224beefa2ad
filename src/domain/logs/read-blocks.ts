// SPDX-License-Identifier: Apache-2.0
import type { LogFileReader } from '../../adapters/logfiles/index.ts';
import { BLOCK, type RecordFormat } from './record-format.ts';

/** Reads a file of records block by block, never a part of a record. */
export class BlockReader {
  readonly #file: LogFileReader;
  readonly #format: Pick<RecordFormat, 'wholeEnd'>;
  readonly #end: number;
  #position: number;
  #rest: Buffer | undefined;

  /** Begins at `position`, and reads no byte at or behind `end`. */
  constructor(
    file: LogFileReader,
    format: Pick<RecordFormat, 'wholeEnd'>,
    position: number,
    end = Number.MAX_SAFE_INTEGER,
  ) {
    this.#file = file;
    this.#format = format;
    this.#position = position;
    this.#end = end;
  }

  /** The next whole records, or `undefined` when there are none now: more may be written later. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const length = Math.min(BLOCK, this.#end - this.#position);
      if (length === 0) return undefined;
      const block = Buffer.allocUnsafeSlow(length);
      const size = await this.#file.read(block, this.#position);
      if (size === 0) return undefined;
      this.#position += size;
      const data = this.#rest
        ? Buffer.concat([this.#rest, block.subarray(0, size)])
        : block.subarray(0, size);
      const end = this.#format.wholeEnd(data);
      this.#rest = end < data.length ? data.subarray(end) : undefined;
      if (end > 0) return data.subarray(0, end);
    }
  }
}
