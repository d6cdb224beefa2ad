// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isKind } from '../base/errors.ts';
import { errnoOf } from './errno.ts';
import { makeFifo } from './fifo.ts';

test('a fifo is made once and a second one in its place is a conflict', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-fifo-'));
  try {
    const path = join(folder, 'stdout');
    makeFifo(path, 0o600);
    assert.equal(statSync(path).isFIFO(), true);
    assert.throws(
      () => makeFifo(path, 0o600),
      (error) => isKind(error, 'conflict') && errnoOf(error) === 'EEXIST',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a fifo in a missing folder is not found and the error names call and path', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-fifo-'));
  const path = join(folder, 'missing', 'fifo');
  rmSync(folder, { recursive: true });
  assert.throws(
    () => makeFifo(path, 0o600),
    (error) => isKind(error, 'not-found') && error.message === `mkfifo ${path}: ENOENT`,
  );
});
