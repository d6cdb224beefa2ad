// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { EngineError } from '../../../base/errors.ts';

/** The longest datagram (fits an Ethernet frame), and a chunk's head. Source: GELF Payload Specification, "Chunking". */
const LONGEST = 1420;
const HEAD = 12;
const MOST_CHUNKS = 128;

const MAGIC = [0x1e, 0x0f];

/**
 * The datagrams of one message: itself when it fits, else chunks: two magic bytes, 8 of message id, number, count, data.
 * @throws invalid-argument for a message that would need more than 128
 */
export const chunksOf = (message: Uint8Array): readonly Uint8Array[] => {
  if (message.length <= LONGEST) return [message];
  const room = LONGEST - HEAD;
  const count = Math.ceil(message.length / room);
  if (count > MOST_CHUNKS)
    throw new EngineError('invalid-argument', `msg too large, would need ${count} chunks`);
  const id = randomBytes(8);
  return Array.from({ length: count }, (_, index) =>
    Buffer.concat([
      Buffer.from([...MAGIC, ...id, index, count]),
      message.subarray(index * room, (index + 1) * room),
    ]),
  );
};
