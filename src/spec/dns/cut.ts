// SPDX-License-Identifier: Apache-2.0
import { HEADER_LENGTH, decodeHeader } from './decode.ts';
import { readName } from './name.ts';

/** Octets of a record between its name and its data, of a question behind its name. */
const RECORD_HEAD = 10;
const QUESTION_REST = 4;
/** Set in the second 16 bits of a header: the message is cut (TC). */
const CUT = 0x0200;

/** Where the question section ends, and each answer after it, as far as they can be read. */
const endsIn = (bytes: Buffer, questions: number, answers: number): readonly number[] => {
  let at = HEADER_LENGTH;
  for (let index = 0; index < questions; index += 1) {
    const name = readName(bytes, at);
    if (!name) return [HEADER_LENGTH];
    at = name.end + QUESTION_REST;
  }
  const ends = [at];
  for (let index = 0; index < answers; index += 1) {
    const name = readName(bytes, at);
    if (!name || name.end + RECORD_HEAD > bytes.length) return ends;
    at = name.end + RECORD_HEAD + bytes.readUInt16BE(name.end + 8);
    if (at > bytes.length) return ends;
    ends.push(at);
  }
  return ends;
};

/**
 * The well-formed message `bytes` with as many of its answers as fit in `limit` octets, marked as cut; `option`, an
 * encoded OPT record, is all that follows them. What is inside records is left as it is, since it may point to what
 * stands before it.
 */
export const cutMessage = (bytes: Buffer, limit: number, option: Buffer = Buffer.alloc(0)): Buffer => {
  const header = decodeHeader(bytes);
  if (!header) return bytes;
  const { questions, answers } = header.counts;
  const [start = HEADER_LENGTH, ...ends] = endsIn(bytes, questions, answers);
  const fitting = ends.filter((end) => end + option.length <= limit);
  const cut = Buffer.concat([bytes.subarray(0, fitting.at(-1) ?? start), option]);
  cut.writeUInt16BE(bytes.readUInt16BE(2) | CUT, 2);
  for (const [index, count] of [questions, fitting.length, 0, option.length > 0 ? 1 : 0].entries())
    cut.writeUInt16BE(count, 4 + 2 * index);
  return cut;
};
