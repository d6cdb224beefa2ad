// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tmpfsOptions } from './tmpfs-options.ts';

test('safe defaults hold until the client says otherwise, and its last word counts', () => {
  assert.deepEqual(tmpfsOptions([]), ['noexec', 'nosuid', 'nodev', 'rprivate']);
  assert.deepEqual(tmpfsOptions(['exec', 'size=1m', 'size=2m', 'shared']), [
    'nosuid',
    'nodev',
    'exec',
    'size=2m',
    'shared',
  ]);
});

test('defaults say nothing', () => {
  assert.deepEqual(tmpfsOptions(['defaults']), tmpfsOptions([]));
});

test('an unknown word is refused', () => {
  assert.throws(() => tmpfsOptions(['zz']), /invalid tmpfs option \["zz"\]/);
  assert.throws(() => tmpfsOptions(['']), /invalid tmpfs option \[""\]/);
});
