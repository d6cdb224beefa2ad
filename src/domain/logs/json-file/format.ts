// SPDX-License-Identifier: Apache-2.0
import type { LogFileReader } from '../../../adapters/logfiles/index.ts';
import { BLOCK, type RecordFormat, type Tail } from '../record-format.ts';
import { JsonDecoder } from './decode.ts';

const NEWLINE = 10;

/** A record ends at its newline, so the newline before a record's first byte is what is looked for. */
const findTail = async (file: LogFileReader, count: number): Promise<Tail> => {
  const size = await file.size();
  const block = Buffer.allocUnsafeSlow(Math.min(size, BLOCK));
  let found = 0;
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

/** A JSON object a line. */
export const jsonFormat: RecordFormat = {
  framing: 'lines',
  wholeEnd: (data) => data.lastIndexOf(NEWLINE) + 1,
  findTail,
  createDecoder: () => new JsonDecoder(),
};
