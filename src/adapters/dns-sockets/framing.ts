// SPDX-License-Identifier: Apache-2.0
import type { Socket } from 'node:net';

/** `message` behind its length, 16 bits (RFC 1035, 4.2.2). */
export const framed = (message: Uint8Array): Buffer => {
  const frame = Buffer.allocUnsafe(2 + message.length);
  frame.writeUInt16BE(message.length, 0);
  frame.set(message, 2);
  return frame;
};

/** Cuts what `socket` receives into messages, whatever pieces they come in. At most one unfinished message is kept. */
export const readFrames = (socket: Socket, take: (message: Buffer) => void): void => {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0)) {
      const end = 2 + bytes.readUInt16BE(0);
      take(bytes.subarray(2, end));
      bytes = bytes.subarray(end);
    }
    rest = bytes;
  });
};
