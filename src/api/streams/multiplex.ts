// SPDX-License-Identifier: Apache-2.0

/** A stream's number in a frame. 3 carries an error of the daemon. Source: Engine API, "Stream format". */
export const STREAM = { stdin: 0, stdout: 1, stderr: 2, systemError: 3 } as const;
export type StreamName = keyof typeof STREAM;

/** Bytes of a frame before its payload: 1 of the stream, 3 zeros, 4 of the payload's length, big-endian. */
export const FRAME_HEAD = 8;

/** Writes a frame's head for `length` bytes of `stream` at `offset`. */
export const writeFrameHead = (target: Buffer, offset: number, stream: StreamName, length: number): void => {
  target.writeUInt32BE(STREAM[stream] * 0x1000000, offset);
  target.writeUInt32BE(length, offset + 4);
};

/** One whole frame. */
export const frame = (stream: StreamName, payload: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD + payload.byteLength);
  writeFrameHead(bytes, 0, stream, payload.byteLength);
  bytes.set(payload, FRAME_HEAD);
  return bytes;
};
