// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isKind } from '../base/errors.ts';
import { errnoOf } from './errno.ts';
import { parseIp } from '../spec/ip.ts';
import { tryLockFile } from './file-lock.ts';
import { mount, detachMount } from './mount.ts';
import { openInRoot } from './openat2.ts';
import { internetAddress } from './socket-address.ts';
import { getXattr, listXattrs, removeXattr, setXattr } from './xattr.ts';

const ip = (text: string) => parseIp(text) ?? assert.fail(text);

const inFolder = (work: (folder: string) => void) => (): void => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-sys-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test(
  'an extended attribute keeps its bytes, is listed and can be removed',
  inFolder((folder) => {
    const value = Buffer.from([0, 255, 10, 0]);
    setXattr(folder, 'user.berth', value);
    assert.deepEqual(getXattr(folder, 'user.berth'), value);
    assert.ok(listXattrs(folder).includes('user.berth'));
    removeXattr(folder, 'user.berth');
    assert.equal(getXattr(folder, 'user.berth'), undefined);
  }),
);

test(
  'a value longer than the first guess is read whole',
  inFolder((folder) => {
    const value = Buffer.alloc(3000, 7);
    setXattr(folder, 'user.long', value);
    assert.deepEqual(getXattr(folder, 'user.long'), value);
  }),
);

test(
  'an absolute link inside a root leads to a file of that root',
  inFolder((folder) => {
    mkdirSync(join(folder, 'etc'));
    writeFileSync(join(folder, 'etc/passwd'), 'inside');
    symlinkSync('/etc/passwd', join(folder, 'link'));
    const root = openSync(folder, 'r');
    try {
      const file = openInRoot(root, '/link', constants.O_RDONLY);
      assert.equal(readFileSync(file, 'utf8'), 'inside');
      closeSync(file);
      assert.throws(
        () => openInRoot(root, '../../../etc/shadow', constants.O_RDONLY),
        (error) => isKind(error, 'not-found') && errnoOf(error) === 'ENOENT',
      );
    } finally {
      closeSync(root);
    }
  }),
);

test(
  'a file is locked by one open file at a time and free again once that is closed',
  inFolder((folder) => {
    const path = join(folder, 'lock');
    const first = openSync(path, 'w');
    const second = openSync(path, 'w');
    assert.equal(tryLockFile(first), true);
    assert.equal(tryLockFile(second), false);
    closeSync(first);
    assert.equal(tryLockFile(second), true);
    closeSync(second);
  }),
);

test('a mount on a missing folder and an unmount of none fail with the errno of the kernel', () => {
  const missing = '/nonexistent/berth';
  assert.throws(
    () => mount({ source: 'none', target: missing, type: 'tmpfs', flags: 0 }),
    (error) => ['ENOENT', 'EPERM'].includes(errnoOf(error) ?? ''),
  );
  assert.throws(
    () => detachMount(missing),
    (error) => ['ENOENT', 'EPERM'].includes(errnoOf(error) ?? ''),
  );
});

test('socket addresses are laid out as the kernel reads them', () => {
  assert.equal(internetAddress(ip('127.0.0.1'), 80).toString('hex'), '020000507f0000010000000000000000');
  assert.equal(
    internetAddress(ip('fe80::1'), 8080).toString('hex'),
    `0a001f9000000000fe80${'00'.repeat(13)}0100000000`,
  );
  assert.equal(internetAddress(ip('::'), 1).length, 28);
});
