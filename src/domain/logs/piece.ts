// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../base/time.ts';
import type { OutputStream } from './logs.ts';

/** Which part of a line this is, when the line is longer than a message may be, or has no newline at the stream's end. */
export interface Partial {
  /** 64 hex digits, the same for all parts of one line. */
  readonly id: string;
  /** From 1 on. */
  readonly ordinal: number;
  /** The part that ends the line. */
  readonly last: boolean;
}

/**
 * Output cut for a log: several whole lines at once, each ending in a newline, or one part of a line. The last part of a
 * line ends in a newline, the others do not.
 */
export interface LogPiece {
  readonly stream: OutputStream;
  readonly bytes: Buffer;
  /** When it came; all parts of a line carry the time of the first. */
  readonly at: Timestamp;
  readonly partial?: Partial;
}

/** One line, or one part of a line, without a newline. */
export interface LogMessage {
  readonly stream: OutputStream;
  readonly line: Uint8Array;
  readonly at: Timestamp;
  readonly partial?: Partial;
}

const NEWLINE = 10;

/** The lines of `piece`, one by one; they lie in its bytes. */
export const messagesOf = ({ stream, bytes, at, partial }: LogPiece): readonly LogMessage[] => {
  if (partial) {
    const line = bytes.at(-1) === NEWLINE ? bytes.subarray(0, -1) : bytes;
    return [{ stream, line, at, partial }];
  }
  const messages: LogMessage[] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    messages.push({ stream, line: bytes.subarray(start, end), at });
    start = end + 1;
  }
  return messages;
};

/** Messages in a piece. */
export const countMessages = ({ bytes, partial }: LogPiece): number => {
  if (partial) return 1;
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
};
