// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { markRootfs } from './mark-rootfs.ts';

const root = mkdtempSync(join(tmpdir(), 'berth-mark-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** A fresh layer over an image with these files. */
const mark = (
  name: string,
  files: readonly string[],
  modes: Readonly<Record<string, number>> = {},
): string => {
  const lower = join(root, name, 'lower');
  const upper = join(root, name, 'upper');
  mkdirSync(upper, { recursive: true });
  mkdirSync(lower, { recursive: true });
  for (const [path, mode] of Object.entries(modes)) mkdirSync(join(lower, path), { mode });
  for (const path of files) writeFileSync(join(lower, path), 'image');
  markRootfs({ mounts: [], lowerDirectories: [lower], upperDirectory: upper }, undefined);
  return upper;
};

test('an empty image gets every file, and the link to the mounts', () => {
  const upper = mark('empty', []);
  for (const path of ['.dockerenv', 'dev/console', 'etc/hosts', 'etc/hostname', 'etc/resolv.conf'])
    assert.equal(statSync(join(upper, path)).size, 0, path);
  assert.equal(readlinkSync(join(upper, 'etc/mtab')), '/proc/mounts');
});

test('what the image has stays, and its directories keep their mode', () => {
  const upper = mark('full', ['etc/hosts'], { etc: 0o711 });
  assert.equal(existsSync(join(upper, 'etc/hosts')), false);
  assert.equal(existsSync(join(upper, 'etc/hostname')), true);
  assert.equal(statSync(join(upper, 'etc')).mode & 0o777, 0o711);
});

test('a file in the place of a directory is left alone', () => {
  const upper = mark('odd', ['etc']);
  assert.equal(existsSync(join(upper, 'etc')), false);
  assert.equal(existsSync(join(upper, '.dockerenv')), true);
});
