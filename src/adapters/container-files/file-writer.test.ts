// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BLOCK_SIZE, Blocks } from './blocks.ts';
import { FileWriter } from './file-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'file-writer-'));
after(() => rmSync(folder, { recursive: true }));

/** Writes the pieces; gives the file's bytes and those that it takes on the disk. */
const written = async (pieces: readonly (readonly [number, Uint8Array])[]) => {
  const path = join(folder, 'file');
  const fd = openSync(path, 'w');
  try {
    await using writer = new FileWriter(fd, new Blocks());
    for (const [offset, bytes] of pieces) {
      await writer.goTo(offset);
      await writer.write(bytes);
    }
    await writer.finish();
  } finally {
    closeSync(fd);
  }
  return { bytes: readFileSync(path), onDisk: statSync(path).blocks * 512 };
};

test('pieces of any length stand where they were to go, with holes between', async () => {
  const lengths = [1, 100_000, BLOCK_SIZE, 2 * BLOCK_SIZE + 5, 7];
  const pieces: (readonly [number, Uint8Array])[] = [];
  let end = 3;
  for (const [index, length] of lengths.entries()) {
    pieces.push([end, Buffer.alloc(length, `${index}`)]);
    end += length + (index === 2 ? 0 : 4 * BLOCK_SIZE);
  }
  const { bytes, onDisk } = await written(pieces);
  const wanted = Buffer.alloc(bytes.length);
  for (const [offset, piece] of pieces) wanted.set(piece, offset);
  assert.equal(bytes.length, end - 4 * BLOCK_SIZE);
  assert.ok(bytes.equals(wanted));
  assert.ok(onDisk < bytes.length);
});

test('a file of no pieces is empty', async () => {
  assert.equal((await written([])).bytes.length, 0);
});
