// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogFiles, Rotation } from './logfiles.ts';

const NEVER: Rotation = { maxFiles: 1, compress: false };

const noFailure = (error: unknown): never => assert.fail(`writing failed: ${String(error)}`);

const textOf = async (files: LogFiles, path: string, age = 0): Promise<string | undefined> => {
  await using reader = await files.openReader(path, age);
  if (!reader) return undefined;
  const bytes = Buffer.alloc(await reader.size());
  assert.equal(await reader.read(bytes, 0), bytes.length);
  return bytes.toString();
};

/** What every implementation keeps. `subject` gives one, and the path of a log that does not exist yet. */
export const logFilesContract = (
  name: string,
  subject: () => { readonly files: LogFiles; readonly path: string },
): void => {
  void test(`${name}: what is written can be read after a flush, and a second writer goes on`, async () => {
    const { files, path } = subject();
    {
      await using writer = await files.openWriter(path, NEVER, noFailure);
      void writer.write(Buffer.from('a\n'));
      void writer.write(Buffer.from('b\n'));
      await writer.flush();
      assert.equal(await textOf(files, path), 'a\nb\n');
    }
    await using writer = await files.openWriter(path, NEVER, noFailure);
    void writer.write(Buffer.from('c\n'));
    await writer.flush();
    assert.equal(await textOf(files, path), 'a\nb\nc\n');
  });

  void test(`${name}: a reader reads at any place and sees what is added`, async () => {
    const { files, path } = subject();
    await using writer = await files.openWriter(path, NEVER, noFailure);
    void writer.write(Buffer.from('abc\n'));
    await writer.flush();
    await using reader = await files.openReader(path, 0);
    const into = Buffer.alloc(2);
    assert.equal(await reader?.read(into, 1), 2);
    assert.equal(into.toString(), 'bc');
    assert.equal(await reader?.read(into, 4), 0);
    void writer.write(Buffer.from('d\n'));
    await writer.flush();
    assert.equal(await reader?.read(into, 4), 2);
    assert.equal(await reader?.size(), 6);
  });

  void test(`${name}: a full file gets older, the record that crosses the border still in it`, async () => {
    const { files, path } = subject();
    await using writer = await files.openWriter(
      path,
      { maxSize: 6, maxFiles: 3, compress: false },
      noFailure,
    );
    for (const record of ['1111\n', '2222\n3333\n4444\n', '5555\n', '6666\n', '7777\n', '8888\n'])
      void writer.write(Buffer.from(record));
    await writer.flush();
    assert.equal(await textOf(files, path, 0), '7777\n8888\n');
    assert.equal(await textOf(files, path, 1), '5555\n6666\n');
    assert.equal(await textOf(files, path, 2), '3333\n4444\n');
    assert.equal(await textOf(files, path, 3), undefined);
    assert.equal(writer.generation, 3);
  });

  void test(`${name}: an open file stays what it was over a rotation, also when it is the only one`, async () => {
    const { files, path } = subject();
    await using writer = await files.openWriter(
      path,
      { maxSize: 2, maxFiles: 1, compress: false },
      noFailure,
    );
    void writer.write(Buffer.from('a\n'));
    await writer.flush();
    await using reader = await files.openReader(path, 0);
    void writer.write(Buffer.from('b\n'));
    await writer.flush();
    const into = Buffer.alloc(2);
    await reader?.read(into, 0);
    assert.equal(into.toString(), 'a\n');
    assert.equal(await textOf(files, path), 'b\n');
    assert.equal(await textOf(files, path, 1), undefined);
  });

  void test(`${name}: listeners hear of what can be read, until they are disposed of`, async () => {
    const { files, path } = subject();
    await using writer = await files.openWriter(path, NEVER, noFailure);
    let heard = 0;
    const listening = writer.onChange(() => (heard += 1));
    void writer.write(Buffer.from('a\n'));
    await writer.flush();
    assert.ok(heard > 0);
    listening[Symbol.dispose]();
    heard = 0;
    void writer.write(Buffer.from('b\n'));
    await writer.flush();
    assert.equal(heard, 0);
  });

  void test(`${name}: a missing log has no reader`, async () => {
    const { files, path } = subject();
    assert.equal(await files.openReader(path, 0), undefined);
  });
};
