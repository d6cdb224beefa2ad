// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Timestamp } from '../../base/time.ts';
import { BLOCK, type NewTarEntry } from './entry.ts';
import { applyPaxRecords } from './pax.ts';
import { readContent, readTar } from './read.ts';
import { encodeTar } from './write.ts';

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const readAll = async (bytes: Uint8Array, size = 700) => {
  const found = [];
  for await (const part of readTar(chunks(bytes, size)))
    found.push({ entry: part.entry, content: (await readContent(part, 1e6)).toString() });
  return found;
};

test('what is written reads back, whatever the size of the chunks', async () => {
  const entries: readonly NewTarEntry[] = [
    { name: 'plain', mode: 0o755, uid: 5, gid: 6, userName: 'u', groupName: 'g' },
    { name: `${'d/'.repeat(80)}long`, linkName: 'x'.repeat(120), type: 'symlink' },
    { name: 'dev', type: 'character', deviceMajor: 1, deviceMinor: 3 },
    { name: 'big-id', uid: 3_000_000_000 },
    { name: 'timed', modifiedAt: -1_500_000_000n as Timestamp },
    { name: 'attr', xattrs: new Map([['security.capability', Buffer.from([1, 0, 0, 2, 10, 255])]]) },
  ];
  const bytes = encodeTar(entries.map((entry) => ({ entry, content: entry.type ? '' : entry.name })));
  for (const size of [1, 512, 10_000]) {
    const found = await readAll(bytes, size);
    assert.equal(found.length, entries.length);
    for (const [index, wanted] of entries.entries()) {
      const { entry, content } = found[index] as (typeof found)[number];
      const { xattrs, ...rest } = wanted;
      assert.deepEqual({ ...entry, ...rest }, entry);
      assert.equal(content, wanted.type ? '' : wanted.name);
      for (const [name, value] of xattrs ?? [])
        assert.deepEqual(Buffer.from(entry.xattrs.get(name) ?? []), value);
    }
  }
});

test('a part that nobody reads is skipped', async () => {
  const bytes = encodeTar([
    { entry: { name: 'a' }, content: 'x'.repeat(5000) },
    { entry: { name: 'b' }, content: 'y' },
  ]);
  const names = [];
  for await (const part of readTar(chunks(bytes, 100))) names.push(part.entry.name);
  assert.deepEqual(names, ['a', 'b']);
});

test('a stream cut short is told from one that is no tar', async () => {
  const bytes = encodeTar([{ entry: { name: 'a' }, content: 'x'.repeat(5000) }]);
  await assert.rejects(readAll(bytes.subarray(0, 2000)), { message: 'unexpected EOF' });
  await assert.rejects(readAll(bytes.subarray(0, 100)), { message: 'unexpected EOF' });
  await assert.rejects(readAll(Buffer.alloc(BLOCK, 'x')), { message: 'archive/tar: invalid tar header' });
  assert.deepEqual(await readAll(new Uint8Array(0)), []);
});

test('an extended header that can not be meant is refused', async () => {
  const [first] = await readAll(encodeTar([{ entry: { name: 'a' }, content: '' }]));
  assert.ok(first);
  for (const [keyword, value] of [
    ['size', '-5'],
    ['size', '9'.repeat(20)],
    ['path', 'a\0b'],
    ['linkpath', '\0'],
    ['mtime', 'x'],
  ] as const)
    assert.throws(() => applyPaxRecords(first.entry, new Map([[keyword, Buffer.from(value)]])), {
      message: 'archive/tar: invalid tar header',
    });
});
