// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileGoPattern } from './go-pattern.ts';

test('a pattern of Go is one of the platform', () => {
  assert.ok(compileGoPattern('(?i)^error').test('ERROR: x'));
  assert.ok(compileGoPattern(String.raw`\A(?P<year>\d{4})\z`).test('2026'));
  assert.ok(compileGoPattern('^[[:alpha:]_]+[^[:alpha:]]$').test('data_1'));
  assert.ok(compileGoPattern('^[[:punct:]]+$').test(']`~-'));
  assert.ok(compileGoPattern(String.raw`^\Qa.b\E.$`).test('a.bc'));
  assert.ok(!compileGoPattern(String.raw`\Qa.b`).test('axb'));
});

test('what Go does not take is refused', () => {
  for (const pattern of ['(', 'o(?=3)', String.raw`(o)\1`, '(?<!a)b'])
    assert.throws(() => compileGoPattern(pattern), /error parsing regexp/);
});
