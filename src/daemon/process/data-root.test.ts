// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { claimDataRoot } from './data-root.ts';
import { writePidfile } from './pidfile.ts';

const base = mkdtempSync(join(tmpdir(), 'berth-root-'));
after(() => rmSync(base, { recursive: true }));

test('a fresh data root is made, and keeps its id', () => {
  const path = join(base, 'fresh');
  const ids = [1, 2].map(() => {
    using root = claimDataRoot(path, '');
    return root.id;
  });
  assert.match(ids[0] ?? '', /^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  assert.equal(ids[0], ids[1]);
  assert.equal(statSync(path).mode & 0o777, 0o710);
});

test('a data root in use is refused with who uses it', () => {
  const path = join(base, 'used');
  using _root = claimDataRoot(path, '');
  assert.throws(() => claimDataRoot(path, ''), {
    message: `data root ${path} is in use by a running daemon (process ${process.pid})`,
  });
});

test("another engine's data is refused and not touched", () => {
  const path = join(base, 'foreign');
  mkdirSync(join(path, 'overlay2'), { recursive: true });
  writeFileSync(join(path, 'engine-id'), 'x');
  assert.throws(() => claimDataRoot(path, ''), /holds the data of another engine \(engine-id, overlay2\)/);
  assert.deepEqual(readdirSync(path), ['engine-id', 'overlay2']);
});

test('a data root of a newer version is refused', () => {
  const path = join(base, 'newer');
  mkdirSync(path);
  writeFileSync(join(path, 'berth.json'), '{"engine":"berth","layout":99}');
  assert.throws(() => claimDataRoot(path, ''), /was written by a newer version of Berth \(layout 99\)/);
});

test('what was in the making is removed at the next start', () => {
  const path = join(base, 'temporary');
  {
    using root = claimDataRoot(path, '');
    writeFileSync(join(root.temporary, 'half'), '');
  }
  using root = claimDataRoot(path, '');
  assert.deepEqual(readdirSync(root.temporary), []);
});

test('a pidfile of a process that runs is refused, one that is left over is not', () => {
  const path = join(base, 'pid');
  writeFileSync(path, '1');
  assert.throws(() => writePidfile(path), /process with PID 1 is still running$/);
  writeFileSync(path, '999999999');
  {
    using _pidfile = writePidfile(path);
    assert.ok(existsSync(path));
  }
  assert.ok(!existsSync(path));
});
