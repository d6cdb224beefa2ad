// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Timestamp } from '../../base/time.ts';
import { readTar, readContent, type TarPart } from '../../spec/tar/read.ts';
import { encodeTar, type TarMember } from '../../spec/tar/write.ts';
import { O_PATH } from '../../sys/openat2.ts';
import type { FileView, UnpackRequest } from './container-files.ts';
import { viewOf } from './view.ts';

let root = '';
let outside = '';
let view: FileView;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'berth-view-'));
  outside = mkdtempSync(join(tmpdir(), 'berth-outside-'));
  view = viewOf(openSync(root, O_PATH));
});

afterEach(() => {
  view[Symbol.dispose]();
  for (const directory of [root, outside]) rmSync(directory, { recursive: true });
});

const host = (path: string): string => join(root, path);

const listOf = async (path: string, name?: string): Promise<Record<string, string>> => {
  const found: Record<string, string> = {};
  const stream = view.pack({ path, ...(name === undefined ? {} : { name }) });
  for await (const part of readTar(stream)) {
    const { entry } = part;
    const content = entry.type === 'file' ? (await readContent(part, 10_000)).toString() : entry.linkName;
    found[entry.name] = `${entry.type} ${content}`.trim();
  }
  return found;
};

async function* partsOf(members: readonly TarMember[]): AsyncGenerator<TarPart> {
  yield* readTar(chunks(encodeTar(members)));
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

const OWNER = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

const unpack = async (members: readonly TarMember[], more: Partial<UnpackRequest> = {}): Promise<void> =>
  view.unpack(partsOf(members), { directory: '/', keepKinds: false, owner: OWNER, ...more });

test('a directory is packed with all below it, in order, links as links', async () => {
  mkdirSync(host('d/sub'), { recursive: true });
  writeFileSync(host('d/one'), 'first');
  linkSync(host('d/one'), host('d/two'));
  symlinkSync('/etc/passwd', host('d/sub/link'));
  deepEqual(await listOf('/d', 'name'), {
    'name/': 'directory',
    'name/one': 'file first',
    'name/sub/': 'directory',
    'name/sub/link': 'symlink /etc/passwd',
    'name/two': 'hardlink name/one',
  });
  deepEqual(Object.keys(await listOf('/d')), ['one', 'sub/', 'sub/link', 'two']);
  deepEqual(Object.keys(await listOf('/d/.', '.')), ['./', './one', './sub/', './sub/link', './two']);
  deepEqual(await listOf('/d/one', 'renamed'), { renamed: 'file first' });
});

test('a link is looked at itself, and through when its path ends in a slash', () => {
  mkdirSync(host('d'));
  symlinkSync('/d', host('link'));
  equal(view.stat('/link').mode & 0o170000, 0o120000);
  equal(view.stat('/link/').mode & 0o170000, 0o040000);
  throws(() => view.stat('/none'), { kind: 'not-found', message: 'lstat /none: no such file or directory' });
  writeFileSync(host('f'), '');
  throws(() => view.stat('/f/'), { kind: 'internal', message: 'lstat /f/: not a directory' });
});

test('links are followed inside the tree, whatever they say', () => {
  mkdirSync(host('a/b'), { recursive: true });
  symlinkSync('../../../../../a', host('a/up'));
  symlinkSync('/a/up/b', host('abs'));
  symlinkSync('gone/on', host('broken'));
  symlinkSync('round', host('round'));
  equal(view.followLinks('/abs', 'refused'), '/a/b');
  equal(view.followLinks('broken', 'kept'), '/gone/on');
  throws(() => view.followLinks('/broken', 'refused'), { kind: 'not-found' });
  throws(() => view.followLinks('/round', 'kept'), { message: 'EvalSymlinks: too many links' });
});

test('an archive is unpacked with modes and times, implied directories too', async () => {
  const modifiedAt = 1_600_000_000_123_456_789n as Timestamp;
  await unpack([
    { entry: { name: 'x/y/f', mode: 0o4750, modifiedAt }, content: 'text' },
    { entry: { name: 'x/', type: 'directory', mode: 0o700, modifiedAt } },
    { entry: { name: 'x/l', type: 'symlink', linkName: 'y/f' } },
    { entry: { name: 'x/h', type: 'hardlink', linkName: 'x/y/f' } },
    { entry: { name: 'x/p', type: 'fifo', mode: 0o600 } },
    { entry: { name: 'x/big', mode: 0o644 }, content: 'b'.repeat(200_000) },
  ]);
  const file = lstatSync(host('x/y/f'), { bigint: true });
  equal(readFileSync(host('x/h'), 'utf8'), 'text');
  deepEqual([file.mode & 0o7777n, file.mtimeNs, file.nlink], [0o4750n, modifiedAt, 2n]);
  const directory = lstatSync(host('x'), { bigint: true });
  deepEqual([directory.mode & 0o7777n, directory.mtimeNs], [0o700n, modifiedAt]);
  equal(lstatSync(host('x/y')).mode & 0o777, 0o755);
  equal(readlinkSync(host('x/l')), 'y/f');
  equal(lstatSync(host('x/p')).isFIFO(), true);
  equal(lstatSync(host('x/big')).size, 200_000);
});

test('a file takes the place of a file, a link and a whole directory', async () => {
  mkdirSync(host('d/e/f'), { recursive: true });
  writeFileSync(join(outside, 'kept'), 'kept');
  symlinkSync(join(outside, 'kept'), host('link'));
  await unpack([
    { entry: { name: 'd' }, content: 'file' },
    { entry: { name: 'link' }, content: 'file' },
  ]);
  equal(readFileSync(host('d'), 'utf8'), 'file');
  equal(lstatSync(host('link')).isFile(), true);
  equal(readFileSync(join(outside, 'kept'), 'utf8'), 'kept');
});

test('kinds are kept when that is asked for', async () => {
  mkdirSync(host('a/b'), { recursive: true });
  writeFileSync(host('a/f'), '');
  const into = { directory: '/a', keepKinds: true };
  await rejects(unpack([{ entry: { name: 'b' } }], into), {
    message: 'cannot overwrite directory "/a/b" with non-directory "/a"',
  });
  await rejects(unpack([{ entry: { name: 'f', type: 'directory' } }], into), {
    message: 'cannot overwrite non-directory "/a/f" with directory "/a"',
  });
});

test('names and links that lead out of the directory are refused', async () => {
  mkdirSync(host('a'));
  const into = { directory: '/a' };
  await rejects(unpack([{ entry: { name: '../../e' } }], into), {
    message: '"../../e" is outside of "/a"',
  });
  await rejects(unpack([{ entry: { name: '..', type: 'directory' } }], into), /is outside of/);
  const link = { name: 's', type: 'symlink', linkName: '../../e' } as const;
  await rejects(unpack([{ entry: link }], into), { message: 'invalid symlink "/a/s" -> "../../e"' });
  const hard = { name: 'h', type: 'hardlink', linkName: '../e' } as const;
  await rejects(unpack([{ entry: hard }], into), { message: 'invalid hardlink "/e" -> "../e"' });
});

test('a link that leads out of the tree leads to its own root', async () => {
  symlinkSync(outside, host('link'));
  mkdirSync(join(root, outside), { recursive: true });
  await unpack([{ entry: { name: 'link/f' }, content: 'inside' }]);
  equal(readFileSync(join(root, outside, 'f'), 'utf8'), 'inside');
  equal(existsSync(join(outside, 'f')), false);
});

test('a walk that is broken off, or never begun, keeps nothing open', async () => {
  mkdirSync(host('d/e'), { recursive: true });
  writeFileSync(host('d/e/f'), Buffer.alloc(3_000_000));
  for await (const block of view.pack({ path: '/d', name: 'd' })) {
    equal(block.length > 0, true);
    break;
  }
  view.pack({ path: '/d' });
});
