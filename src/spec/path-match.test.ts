// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePathPattern } from './path-match.ts';

test('stars stop at slashes, classes and escapes work', () => {
  assert.ok(compilePathPattern('busy*')('busybox'));
  assert.ok(!compilePathPattern('*')('a/b'));
  assert.ok(compilePathPattern('*/b?:[0-9]')('a/bb:1'));
  assert.ok(compilePathPattern('[^a]x')('bx'));
  assert.ok(!compilePathPattern('[^a]x')('/x'));
  assert.ok(compilePathPattern('a\\*')('a*'));
  assert.ok(compilePathPattern('a-b.c')('a-b.c'));
  assert.ok(!compilePathPattern('a.c')('abc'));
});

test('a broken pattern is told', () => {
  for (const pattern of ['[', '[]a]', '[a', 'a\\', '[z-a]', '[-]'])
    assert.throws(() => compilePathPattern(pattern), { message: 'syntax error in pattern' }, pattern);
});
