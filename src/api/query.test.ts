// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Query } from './query.ts';

test('only five words are false', () => {
  const query = new Query('a=&b=0&c=No&d=%20false%20&e=NONE&f=1&g=x');
  for (const name of ['a', 'b', 'c', 'd', 'e']) assert.equal(query.bool(name, true), false, name);
  for (const name of ['f', 'g']) assert.equal(query.bool(name), true, name);
  assert.equal(query.bool('absent', true), true);
});

test('a number may be missing, but not wrong', () => {
  const query = new Query('t=10&u=&w=x');
  assert.equal(query.integer('t'), 10);
  assert.equal(query.integer('u'), undefined);
  assert.throws(() => query.integer('w'), { kind: 'internal' });
});

test('the first of several values counts', () => {
  assert.equal(new Query('a=1&a=2').text('a'), '1');
  assert.deepEqual(new Query('a=1&a=2').texts('a'), ['1', '2']);
});
