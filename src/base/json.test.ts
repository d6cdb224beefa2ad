// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exact, stringify } from './json.ts';

test('a bigint is written as its digits, all of them', () => {
  assert.equal(stringify({ time: 1795305815123456789n }), '{"time":1795305815123456789}');
  assert.equal(JSON.stringify({ time: exact(1795305815123456789n) }), '{"time":1795305815123456789}');
});
