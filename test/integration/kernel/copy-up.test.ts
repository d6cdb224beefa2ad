// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createMounts } from '../../../src/adapters/mounts/index.ts';
import { encodeDevice, makeNode } from '../../../src/sys/file-node.ts';
import { getXattr, setXattr } from '../../../src/sys/xattr.ts';

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
  equal(
    await mounts.copyUp({ lowerDirectories: [upper, lower] }, { path: '/data', target: to, isOurs: false }),
    true,
  );
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
  equal(
    await mounts.copyUp(
      { lowerDirectories: [upper, lower] },
      { path: '/nowhere', target: to, isOurs: false },
    ),
    false,
  );
  await rejects(
    mounts.copyUp({ lowerDirectories: [lower] }, { path: '/data/old', target: to, isOurs: false }),
    { kind: 'internal', message: 'source /data/old is not directory' },
  );
  deepEqual(readdirSync(to), []);
});

test('what a volume holds already is left alone', async () => {
  const to = target('full');
  writeFileSync(join(to, 'mine'), '');
  equal(
    await mounts.copyUp({ lowerDirectories: [upper, lower] }, { path: '/data', target: to, isOurs: false }),
    false,
  );
  deepEqual(readdirSync(to), ['mine']);
});

test('a link of the image does not lead out of it', async () => {
  equal(
    await mounts.copyUp(
      { lowerDirectories: [lower] },
      { path: '/outside', target: target('escaped'), isOurs: false },
    ),
    false,
  );
});

const rich = layer('rich');
writeFileSync(join(rich, 'data/file'), 'content');
setXattr(join(rich, 'data/file'), 'user.colour', Buffer.from('red'));
setXattr(
  join(rich, 'data/file'),
  'security.capability',
  Buffer.from('0100000200040000000000000000000000000000', 'hex'),
);
setXattr(join(rich, 'data/file'), 'trusted.overlay.opaque', Buffer.from('n'));
utimesSync(join(rich, 'data/file'), 1000, 2000);
symlinkSync('/etc/passwd', join(rich, 'data/absolute'));
lchownSync(join(rich, 'data/absolute'), 5, 6);
makeNode(join(rich, 'data/null'), constants.S_IFCHR | 0o640, encodeDevice(1, 3));
makeNode(join(rich, 'data/pipe'), constants.S_IFIFO | 0o600);
const holes = openSync(join(rich, 'data/holes'), 'w');
writeSync(holes, 'begin', 0);
writeSync(holes, 'middle', 10 * 1024 * 1024);
ftruncateSync(holes, 20 * 1024 * 1024);
closeSync(holes);
const big = randomBytes(300_000);
writeFileSync(join(rich, 'data/sub/big'), big, { mode: 0o6755 });
chmodSync(join(rich, 'data/sub/big'), 0o6755);
utimesSync(join(rich, 'data/sub'), 3000, 4000);

const WAYS = [
  [false, 'attributes, times, devices and holes are copied into what is there'],
  [true, 'attributes, times, devices and holes are copied as a whole'],
] as const;
for (const [isOurs, name] of WAYS) {
  test(name, async () => {
    const to = target(`rich-${isOurs}`);
    equal(await mounts.copyUp({ lowerDirectories: [rich] }, { path: '/data', target: to, isOurs }), true);
    deepEqual(readdirSync(to).toSorted(), ['absolute', 'file', 'holes', 'null', 'pipe', 'sub']);
    equal(getXattr(join(to, 'file'), 'user.colour')?.toString(), 'red');
    equal(getXattr(join(to, 'file'), 'security.capability')?.length, 20);
    equal(getXattr(join(to, 'file'), 'trusted.overlay.opaque'), undefined);
    equal(statSync(join(to, 'file')).mtimeMs, 2_000_000);
    equal(statSync(join(to, 'sub')).mtimeMs, 4_000_000);
    const link = lstatSync(join(to, 'absolute'));
    deepEqual([readlinkSync(join(to, 'absolute')), link.uid, link.gid], ['/etc/passwd', 5, 6]);
    const device = lstatSync(join(to, 'null'));
    deepEqual(
      [device.isCharacterDevice(), device.rdev, device.mode & 0o777],
      [true, encodeDevice(1, 3), 0o640],
    );
    ok(lstatSync(join(to, 'pipe')).isFIFO());
    const sparse = statSync(join(to, 'holes'));
    equal(sparse.size, 20 * 1024 * 1024);
    ok(sparse.blocks * 512 < 1024 * 1024, `${sparse.blocks} blocks`);
    equal(readFileSync(join(to, 'holes')).compare(readFileSync(join(rich, 'data/holes'))), 0);
    equal(readFileSync(join(to, 'sub/big')).compare(big), 0);
    equal(statSync(join(to, 'sub/big')).mode & 0o7777, 0o6755);
    deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.filling')),
      [],
    );
  });
}

test('of two copies into one directory the first fills it, and what somebody put there meanwhile stays', async () => {
  const to = target('twice');
  const request = { path: '/data', target: to, isOurs: true };
  const both = [0, 1].map(async () => mounts.copyUp({ lowerDirectories: [rich] }, request));
  deepEqual(await Promise.all(both), [true, false]);
  const busy = target('busy');
  const copying = mounts.copyUp({ lowerDirectories: [rich] }, { ...request, target: busy });
  writeFileSync(join(busy, 'mine'), '');
  equal(await copying, false);
  deepEqual(readdirSync(busy), ['mine']);
});
