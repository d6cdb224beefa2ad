// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { createCompression } from './streams.ts';
import type { Packing } from './compression.ts';

const { signal } = new AbortController();
const text = 'berth '.repeat(100_000);

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

const unpacked = async (packing: Packing, bytes: Uint8Array): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const part of createCompression().unpack(packing, chunks(bytes), signal)) parts.push(part);
  return Buffer.concat(parts).toString();
};

test('what was packed comes out again', async () => {
  assert.equal(await unpacked('none', Buffer.from(text)), text);
  assert.equal(await unpacked('gzip', gzipSync(text)), text);
  assert.equal(await unpacked('zstd', zstdCompressSync(text)), text);
});

test('what was not packed so is refused', async () => {
  await assert.rejects(unpacked('gzip', Buffer.from(text)), { kind: 'invalid-argument' });
  await assert.rejects(unpacked('gzip', gzipSync(text).subarray(0, 500)), { kind: 'invalid-argument' });
});

test('the error of the source is the error of the stream', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield gzipSync(text).subarray(0, 100);
    throw new RangeError('gone');
  }
  const stream = createCompression().unpack('gzip', broken(), signal);
  await assert.rejects(async () => {
    for await (const _ of stream) continue;
  }, /gone/);
});
