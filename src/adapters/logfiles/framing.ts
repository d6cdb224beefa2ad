// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from 'node:fs/promises';
import type { RecordFraming } from './logfiles.ts';

/** How the records of a file are told apart. */
export interface Framing {
  /** Index after the record of `bytes` (whole records) in which `offset` lies. */
  borderAfter(bytes: Uint8Array, offset: number): number;
  /** Less than `size` when the file does not end in a whole record: the process that wrote it died, or the disk was full. */
  wholeSize(file: FileHandle, size: number): Promise<number>;
  /** What ends a part of a record in its place; without it the part is cut off. */
  readonly separator?: Uint8Array;
}

const NEWLINE = 10;

/** Bytes of the length before a record, and of the one behind it. */
const LENGTH = 4;

const readAt = async (file: FileHandle, position: number, length: number): Promise<Buffer> => {
  const bytes = Buffer.alloc(length);
  await file.read(bytes, 0, length, position);
  return bytes;
};

/** Records that end in a newline. Whoever else reads them may have read the part: it is ended, never taken back. */
const lines: Framing = {
  separator: Uint8Array.of(NEWLINE),
  borderAfter: (bytes, offset) => bytes.indexOf(NEWLINE, offset) + 1 || bytes.byteLength,
  wholeSize: async (file, size) => {
    if (size === 0) return 0;
    const [last] = await readAt(file, size - 1, 1);
    return last === NEWLINE ? size : size - 1;
  },
};

const lengthAt = async (file: FileHandle, position: number): Promise<number> =>
  (await readAt(file, position, LENGTH)).readUInt32BE();

/** Whether a record's two lengths agree, of the one that ends at `end`. */
const endsWhole = async (file: FileHandle, end: number): Promise<boolean> => {
  if (end < 2 * LENGTH) return false;
  const length = await lengthAt(file, end - LENGTH);
  const start = end - length - 2 * LENGTH;
  return start >= 0 && (await lengthAt(file, start)) === length;
};

/** Records between two lengths, of 4 bytes each, big-endian. */
const lengths: Framing = {
  borderAfter: (bytes, offset) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let border = 0;
    while (border <= offset && border < bytes.byteLength) border += view.getUint32(border) + 2 * LENGTH;
    return border;
  },
  wholeSize: async (file, size) => {
    if (size === 0 || (await endsWhole(file, size))) return size;
    let whole = 0;
    for (;;) {
      if (whole + 2 * LENGTH > size) return whole;
      const end = whole + (await lengthAt(file, whole)) + 2 * LENGTH;
      if (end > size || !(await endsWhole(file, end))) return whole;
      whole = end;
    }
  },
};

const FRAMINGS: Readonly<Record<RecordFraming, Framing>> = { lines, lengths };

/** The framing by its name; lines when it has none. */
export const framingOf = (name: RecordFraming = 'lines'): Framing => FRAMINGS[name];
