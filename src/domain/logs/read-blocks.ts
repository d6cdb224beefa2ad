// SPDX-License-Identifier: Apache-2.0
import type { LogFileReader } from '../../adapters/logfiles/index.ts';

const NEWLINE = 10;
/** Large enough that a block's cost is its bytes, small enough to be read at once. */
const BLOCK = 256 * 1024;

/** Reads a file of records block by block, never a part of a record. */
export class BlockReader {
  readonly #file: LogFileReader;
  #position: number;
  #rest: Buffer | undefined;

  constructor(file: LogFileReader, position: number) {
    this.#file = file;
    this.#position = position;
  }

  /** The next whole records, or `undefined` when there are none now: more may be written later. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const block = Buffer.allocUnsafeSlow(BLOCK);
      const size = await this.#file.read(block, this.#position);
      if (size === 0) return undefined;
      this.#position += size;
      const data = this.#rest
        ? Buffer.concat([this.#rest, block.subarray(0, size)])
        : block.subarray(0, size);
      const end = data.lastIndexOf(NEWLINE) + 1;
      this.#rest = end < data.length ? data.subarray(end) : undefined;
      if (end > 0) return data.subarray(0, end);
    }
  }
}

/** Where the last `count` records of a file begin, and how many there are: fewer when the file has no more. */
export const findTail = async (
  file: LogFileReader,
  count: number,
): Promise<{ readonly position: number; readonly found: number }> => {
  const size = await file.size();
  const block = Buffer.allocUnsafeSlow(Math.min(size, BLOCK));
  let found = 0;
  // A record ends at its newline, so the newline before a record's first byte is what is looked for.
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - block.length);
    const length = await file.read(block.subarray(0, end - start), start);
    for (
      let at = block.lastIndexOf(NEWLINE, length - 1);
      at >= 0;
      at = at === 0 ? -1 : block.lastIndexOf(NEWLINE, at - 1)
    ) {
      const isLast = start + at === size - 1;
      if (isLast) continue;
      found += 1;
      if (found === count) return { position: start + at + 1, found };
    }
    end = start;
  }
  return { position: 0, found: size === 0 ? 0 : found + 1 };
};
