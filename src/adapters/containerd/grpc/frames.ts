// SPDX-License-Identifier: Apache-2.0
import { type DescMessage, type MessageShape, fromBinary, toBinary } from '@bufbuild/protobuf';
import { GrpcError } from './grpc-error.ts';

/** Before each message: one byte "compressed?", four bytes length. Source: grpc/grpc `doc/PROTOCOL-HTTP2.md`. */
export const PREFIX = 5;

/** The prefix of a message of `length` bytes, uncompressed, at the start of a buffer with room for `room` bytes more. */
export const allocateFrame = (length: number, room: number): Buffer => {
  const frame = Buffer.allocUnsafe(PREFIX + room);
  frame[0] = 0;
  frame.writeUInt32BE(length, 1);
  return frame;
};

/** One message as it goes over the wire. */
export const encodeFrame = <Schema extends DescMessage>(
  schema: Schema,
  message: MessageShape<Schema>,
): Buffer => {
  const body = toBinary(schema, message);
  const frame = allocateFrame(body.length, body.length);
  frame.set(body, PREFIX);
  return frame;
};

/** Puts messages together from the chunks of a stream. A message that lies within one chunk is not copied. */
export class FrameReader<Schema extends DescMessage> {
  readonly #schema: Schema;
  readonly #path: string;
  readonly #prefix = Buffer.alloc(PREFIX);
  #prefixBytes = 0;
  /** Length of the present message, once its prefix is complete. */
  #length: number | undefined;
  /** The present message as far as it came, when it spans chunks. */
  #body: Buffer | undefined;
  #bodyBytes = 0;

  constructor(schema: Schema, path: string) {
    this.#schema = schema;
    this.#path = path;
  }

  /** @throws GrpcError for a compressed message: this client announces no compression. */
  *read(chunk: Buffer): Generator<MessageShape<Schema>> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#length === undefined) rest = this.#readPrefix(rest);
      if (this.#length === undefined) return;
      const missing = this.#length - this.#bodyBytes;
      const body = this.#readBody(rest, this.#length, missing);
      if (body === undefined) return;
      rest = rest.subarray(missing);
      yield this.#decode(body);
    }
  }

  /** Takes what belongs to the prefix and gives the rest. */
  #readPrefix(chunk: Buffer): Buffer {
    const taken = chunk.copy(this.#prefix, this.#prefixBytes);
    this.#prefixBytes += taken;
    if (this.#prefixBytes < PREFIX) return chunk.subarray(taken);
    if (this.#prefix[0] !== 0) throw new GrpcError('INTERNAL', 'compressed message', this.#path);
    this.#length = this.#prefix.readUInt32BE(1);
    return chunk.subarray(taken);
  }

  /** The whole body, or `undefined` while bytes of it are missing. */
  #readBody(chunk: Buffer, length: number, missing: number): Buffer | undefined {
    if (this.#bodyBytes === 0 && chunk.length >= missing) return chunk.subarray(0, missing);
    this.#body ??= Buffer.allocUnsafe(length);
    this.#bodyBytes += chunk.copy(this.#body, this.#bodyBytes, 0, missing);
    return this.#bodyBytes < length ? undefined : this.#body;
  }

  #decode(bytes: Uint8Array): MessageShape<Schema> {
    this.#prefixBytes = 0;
    this.#length = undefined;
    this.#body = undefined;
    this.#bodyBytes = 0;
    return fromBinary(this.#schema, bytes);
  }
}
