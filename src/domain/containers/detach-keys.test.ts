// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DetachFilter, parseDetachKeys } from './detach-keys.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const text = (data: Uint8Array): string => Buffer.from(data).toString('latin1');

test('sequences are read as docker writes them', () => {
  assert.deepEqual([...(parseDetachKeys(undefined) ?? [])], [16, 17]);
  assert.deepEqual([...(parseDetachKeys('') ?? [])], [16, 17]);
  assert.deepEqual([...(parseDetachKeys('ctrl-a') ?? [])], [1]);
  assert.deepEqual([...(parseDetachKeys('a,ctrl-@,ctrl-[,ctrl-_,DEL') ?? [])], [97, 0, 27, 31, 127]);
});

test('what is no key is refused', () => {
  for (const bad of ['ctrl-1', 'abc', 'ctrl-A', 'a,,b', 'é'])
    assert.equal(parseDetachKeys(bad), undefined, bad);
});

test('the sequence detaches and is not passed on, in one piece or in many', () => {
  const filter = new DetachFilter(Uint8Array.of(16, 17));
  assert.deepEqual(filter.take(bytes('ab\x10')), { pass: new Uint8Array(bytes('ab')), detached: false });
  assert.equal(filter.take(bytes('\x11cd')).detached, true);
});

test('keys that only began the sequence are passed on after all', () => {
  const filter = new DetachFilter(Uint8Array.of(16, 17));
  assert.equal(text(filter.take(bytes('\x10')).pass), '');
  assert.equal(text(filter.take(bytes('x')).pass), '\x10x');
  assert.equal(text(filter.take(bytes('\x10\x10')).pass), '\x10');
  assert.equal(filter.take(bytes('\x11')).detached, true);
});

test('without keys everything passes', () => {
  assert.equal(text(new DetachFilter(new Uint8Array()).take(bytes('\x10\x11')).pass), '\x10\x11');
});
