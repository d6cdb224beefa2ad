// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Batcher } from './batch.ts';
import { logFilesContract } from './contract.ts';
import { cutAt } from './cut.ts';
import { FakeLogFiles } from './fake.ts';
import { framingOf } from './framing.ts';
import { Pace } from './pace.ts';

logFilesContract('fake log files', () => ({ files: new FakeLogFiles(), path: '/log' }));

test('a batch is cut behind the record that crosses the border', () => {
  const batch = ['aa\nbb\n', 'cc\ndd\n'].map((text) => Buffer.from(text));
  const cut = (room: number): string[] => {
    const { fits, rest } = cutAt(batch, room, framingOf('lines'));
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

test('records between lengths are cut behind the one that crosses the border', () => {
  const record = (text: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text), length]);
  };
  const batch = [Buffer.concat([record('ab'), record('\n\n\n')]), record('c')];
  const cut = (room: number): number[] => {
    const { fits, rest } = cutAt(batch, room, framingOf('lengths'));
    return [fits, rest].map((part) => Buffer.concat(part).length);
  };
  assert.deepEqual(cut(1), [10, 20]);
  assert.deepEqual(cut(10), [10, 20]);
  assert.deepEqual(cut(11), [21, 9]);
  assert.deepEqual(cut(22), [30, 0]);
});

test('a flush waits for what was written before it, not for what comes after', async () => {
  const disk = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let batches = 0;
  const batcher = new Batcher(async () => disk[batches++]?.promise);
  batcher.add(Buffer.from('a'));
  await Promise.resolve();
  await Promise.resolve();
  const flushed = batcher.flush();
  batcher.add(Buffer.from('b'));
  disk[0]?.resolve();
  await flushed;
  assert.equal(batches, 2);
  disk[1]?.resolve();
  await batcher.flush();
});

test('a disk that was slow once is not waited for at once for a while', () => {
  const pace = new Pace();
  assert.equal(pace.isQuick(0), true);
  pace.note(0, 3);
  assert.equal(pace.isQuick(3), true);
  pace.note(3, 300);
  assert.equal(pace.isQuick(301), false);
  assert.equal(pace.isQuick(60_000), true);
});
