// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal } from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createMounts } from '../../../src/adapters/mounts/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-copy-up-'));
after(() => rmSync(folder, { recursive: true }));
const mounts = createMounts(join(folder, 'work'));

const layer = (name: string): string => {
  const path = join(folder, name);
  mkdirSync(join(path, 'data/sub'), { recursive: true });
  return path;
};

const lower = layer('lower');
writeFileSync(join(lower, 'data/old'), 'lower');
writeFileSync(join(lower, 'data/sub/kept'), 'kept');
linkSync(join(lower, 'data/sub/kept'), join(lower, 'data/sub/twin'));
symlinkSync('/etc', join(lower, 'outside'));
const upper = layer('upper');
writeFileSync(join(upper, 'data/old'), 'upper');
chmodSync(join(upper, 'data/old'), 0o4711);
chownSync(join(upper, 'data'), 70, 71);
chmodSync(join(upper, 'data'), 0o700);
symlinkSync('old', join(upper, 'data/link'));

const target = (name: string): string => {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
};

test('a directory of two layers is copied as one, with owners, modes and links', async () => {
  const to = target('both');
  equal(await mounts.copyUp({ lowerDirectories: [upper, lower] }, '/data', to), true);
  deepEqual(readdirSync(to).toSorted(), ['link', 'old', 'sub']);
  equal(readFileSync(join(to, 'old'), 'utf8'), 'upper');
  equal(readlinkSync(join(to, 'link')), 'old');
  equal(statSync(join(to, 'old')).mode & 0o7777, 0o4711);
  equal(statSync(join(to, 'sub/kept')).ino, statSync(join(to, 'sub/twin')).ino);
  const { uid, gid, mode } = statSync(to);
  deepEqual([uid, gid, mode & 0o7777], [70, 71, 0o700]);
});

test('nothing to copy is nothing done', async () => {
  const to = target('nothing');
  equal(await mounts.copyUp({ lowerDirectories: [upper, lower] }, '/nowhere', to), false);
  equal(await mounts.copyUp({ lowerDirectories: [lower] }, '/data/old', to), false);
  deepEqual(readdirSync(to), []);
});

test('what a volume holds already is left alone', async () => {
  const to = target('full');
  writeFileSync(join(to, 'mine'), '');
  equal(await mounts.copyUp({ lowerDirectories: [upper, lower] }, '/data', to), false);
  deepEqual(readdirSync(to), ['mine']);
});

test('a link of the image does not lead out of it', async () => {
  equal(await mounts.copyUp({ lowerDirectories: [lower] }, '/outside', target('escaped')), false);
});
