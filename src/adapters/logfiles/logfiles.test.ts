// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Batcher } from './batch.ts';
import { logFilesContract } from './contract.ts';
import { cutAt } from './cut.ts';
import { FakeLogFiles } from './fake.ts';

logFilesContract('fake log files', () => ({ files: new FakeLogFiles(), path: '/log' }));

test('a batch is cut behind the record that crosses the border', () => {
  const batch = ['aa\nbb\n', 'cc\ndd\n'].map((text) => Buffer.from(text));
  const cut = (room: number): string[] => {
    const { fits, rest } = cutAt(batch, room);
    return [fits, rest].map((part) => Buffer.concat(part).toString());
  };
  assert.deepEqual(cut(1), ['aa\n', 'bb\ncc\ndd\n']);
  assert.deepEqual(cut(3), ['aa\n', 'bb\ncc\ndd\n']);
  assert.deepEqual(cut(4), ['aa\nbb\n', 'cc\ndd\n']);
  assert.deepEqual(cut(8), ['aa\nbb\ncc\n', 'dd\n']);
  assert.deepEqual(cut(12), ['aa\nbb\ncc\ndd\n', '']);
  assert.deepEqual(cut(99), ['aa\nbb\ncc\ndd\n', '']);
});

test('what comes while a batch is written is one batch, and a full one makes the writer wait', async () => {
  const batches: number[] = [];
  const disk = Promise.withResolvers<void>();
  const batcher = new Batcher(async (batch) => {
    batches.push(batch.length);
    if (batches.length === 1) await disk.promise;
  });
  assert.equal(batcher.add(Buffer.alloc(1)), undefined);
  assert.equal(batcher.add(Buffer.alloc(1)), undefined);
  await new Promise((resolve) => void setImmediate(resolve));
  assert.equal(batcher.add(Buffer.alloc(600_000)), undefined);
  const room = batcher.add(Buffer.alloc(600_000));
  assert.ok(room);
  disk.resolve();
  await room;
  await batcher.flush();
  assert.deepEqual(batches, [2, 2]);
});
