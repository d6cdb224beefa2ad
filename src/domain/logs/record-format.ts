// SPDX-License-Identifier: Apache-2.0
import type { LogFileReader, RecordFraming } from '../../adapters/logfiles/index.ts';
import type { LogLine } from './logs.ts';

/** Where the last records of a file begin, and how many there are: fewer when the file has no more. */
export interface Tail {
  readonly position: number;
  readonly found: number;
}

/** Reads records; may remember something from one block to the next. */
export interface RecordDecoder {
  /**
   * The lines of a block of whole records; what is no record is left out. The lines' text may lie in `block`, and
   * `block` is changed: give it away.
   */
  decode(block: Buffer): readonly LogLine[];
}

/** How a log's lines stand in its files. */
export interface RecordFormat {
  readonly framing: RecordFraming;
  /** Index after the last whole record of `data`, which begins with one; 0 when none is whole. */
  wholeEnd(data: Buffer): number;
  findTail(file: LogFileReader, count: number): Promise<Tail>;
  createDecoder(): RecordDecoder;
}

/** Bytes read at once: large enough that a block's cost is its bytes, small enough not to hold up anything else. */
export const BLOCK = 256 * 1024;
