// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { logFilesContract } from '../../../src/adapters/logfiles/contract.ts';
import { createLogFiles } from '../../../src/adapters/logfiles/files.ts';

const root = mkdtempSync(join(tmpdir(), 'berth-logfiles-'));
after(() => rmSync(root, { recursive: true }));

let count = 0;
const freshPath = (): string => join(root, String((count += 1)), 'x-json.log');
const files = createLogFiles();
const noFailure = (error: unknown): never => assert.fail(String(error));

logFilesContract('log files on disk', () => ({ files, path: freshPath() }));

test('a log may be read by its group, and a record that was cut off is ended', async () => {
  const path = freshPath();
  {
    await using writer = await files.openWriter(path, { maxFiles: 1, compress: false }, noFailure);
    void writer.write(Buffer.from('a\n'));
  }
  assert.equal(statSync(path).mode & 0o777, 0o640);
  appendFileSync(path, 'cut');
  await using writer = await files.openWriter(path, { maxFiles: 1, compress: false }, noFailure);
  void writer.write(Buffer.from('b\n'));
  await writer.flush();
  assert.equal(readFileSync(path, 'utf8'), 'a\ncut\nb\n');
});

test('of records between lengths, one that was cut off is removed', async () => {
  const path = freshPath();
  const options = { maxFiles: 1, compress: false, framing: 'lengths' } as const;
  const record = (text: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text), length]);
  };
  for (const torn of [
    record('torn').subarray(0, 2),
    record('torn').subarray(0, 7),
    record('torn').subarray(0, 11),
  ]) {
    {
      await using writer = await files.openWriter(path, options, noFailure);
      void writer.write(record('a'));
    }
    appendFileSync(path, torn);
  }
  {
    await using writer = await files.openWriter(path, options, noFailure);
    void writer.write(record('b'));
  }
  const whole = Buffer.concat([record('a'), record('a'), record('a'), record('b')]);
  assert.deepEqual(readFileSync(path), whole);
});

test('full files are packed and read as if they were not', async () => {
  const path = freshPath();
  {
    await using writer = await files.openWriter(path, { maxFiles: 3, maxSize: 2, compress: true }, noFailure);
    for (const record of ['a\n', 'b\n', 'c\n', 'd\n']) void writer.write(Buffer.from(record));
    await writer.flush();
  }
  assert.deepEqual([existsSync(`${path}.1`), existsSync(`${path}.1.gz`)], [false, true]);
  await using older = await files.openReader(path, 2);
  const into = Buffer.alloc(9);
  assert.equal(await older?.read(into, 0), 2);
  assert.equal(into.toString('utf8', 0, 2), 'b\n');
  assert.equal(existsSync(`${path}.3.gz`), false);
});

test('a full disk costs records, is told once, and logging goes on when there is room again', async () => {
  const mount = mkdtempSync(join(root, 'full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount]);
  try {
    const path = join(mount, 'x.log');
    const failures: unknown[] = [];
    const record = Buffer.from(`${'x'.repeat(1023)}\n`);
    {
      await using writer = await files.openWriter(path, { maxFiles: 1, compress: false }, (error) =>
        failures.push(error),
      );
      for (let written = 0; written < 100; written += 1) {
        void writer.write(record);
        await writer.flush();
      }
      assert.equal(failures.length, 1);
      execFileSync('mount', ['-o', 'remount,size=1m', mount]);
      void writer.write(Buffer.from('again\n'));
    }
    assert.match(readFileSync(path, 'utf8'), /\nagain\n$/);
  } finally {
    execFileSync('umount', [mount]);
  }
});
