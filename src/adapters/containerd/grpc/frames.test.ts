// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { ReadContentResponseSchema as Schema } from '../gen/containerd/services/content/v1/content_pb.ts';
import { FrameReader, encodeFrame } from './frames.ts';
import { GrpcError } from './grpc-error.ts';

const split = (bytes: Buffer, cuts: readonly number[]): readonly Buffer[] => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
};

test('messages come out as they went in, wherever the stream is cut', () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
  fc.assert(
    fc.property(messages, fc.array(fc.nat(), { maxLength: 10 }), (datas, cuts) => {
      const frames = datas.map((data, index) =>
        encodeFrame(Schema, create(Schema, { data, offset: BigInt(index) })),
      );
      const reader = new FrameReader(Schema, '/test');
      const read = split(Buffer.concat(frames), cuts).flatMap((chunk) => [...reader.read(chunk)]);
      assert.deepEqual(
        read.map(({ data }) => Buffer.from(data)),
        datas.map((data) => Buffer.from(data)),
      );
    }),
  );
});

test('a compressed message is refused, since none was asked for', () => {
  const reader = new FrameReader(Schema, '/test');
  assert.throws(() => [...reader.read(Buffer.of(1, 0, 0, 0, 0))], GrpcError);
});
