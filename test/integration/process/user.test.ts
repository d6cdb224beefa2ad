// SPDX-License-Identifier: Apache-2.0
// Whiteouts and opaque directories are made by the kernel's own overlayfs: needs root.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLayeredFile } from '../../../src/domain/containers/layered-file.ts';
import { resolveUser, resolveUserOfProcess } from '../../../src/domain/containers/user.ts';

test('what an overlay removed or replaced is read as the overlay shows it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'berth-overlay-'));
  const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((name) =>
    join(root, name),
  ) as [string, string, string, string];
  // overlayfs needs upper directories on a file system that keeps trusted attributes: tmpfs does.
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', root]);
  try {
    for (const directory of [lower, upper, work, merged]) mkdirSync(directory);
    mkdirSync(join(lower, 'etc'));
    mkdirSync(join(lower, 'gone'));
    writeFileSync(join(lower, 'etc/passwd'), 'old:x:5:5::/:\n');
    writeFileSync(join(lower, 'etc/group'), 'staff:x:50:\n');
    writeFileSync(join(lower, 'gone/file'), 'hidden');
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    execFileSync('mount', ['-t', 'overlay', '-o', options, 'overlay', merged]);
    try {
      unlinkSync(join(merged, 'etc/passwd'));
      rmSync(join(merged, 'gone'), { recursive: true });
      mkdirSync(join(merged, 'gone'));
    } finally {
      execFileSync('umount', [merged]);
    }
    const layers = [upper, lower];
    assert.equal(readLayeredFile(layers, '/etc/passwd', 100), undefined);
    assert.equal(readLayeredFile(layers, '/gone/file', 100), undefined);
    assert.equal(readLayeredFile(layers, '/etc/group', 100), 'staff:x:50:\n');
    const rootfs = { mounts: [], upperDirectory: upper, lowerDirectories: [lower] };
    await assert.rejects(resolveUser('old', [], rootfs), /no matching entries in passwd file/);
    assert.deepEqual(await resolveUser('9:staff', [], rootfs), {
      uid: 9,
      gid: 50,
      additionalGids: [50],
      home: '/',
    });
  } finally {
    execFileSync('umount', [root]);
    rmSync(root, { recursive: true });
  }
});

test('a process’s own view of its files is read', async () => {
  const user = await resolveUserOfProcess('root', [], process.pid);
  assert.deepEqual([user.uid, user.home], [0, '/root']);
});
