// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { booleanFilter, matchLabels, parseFilters, refuseUnknownFilters } from './filters.ts';

test('both encodings say the same', () => {
  assert.deepEqual(parseFilters('{"label":{"a=b":true,"c":false}}'), { label: ['a=b', 'c'] });
  assert.deepEqual(parseFilters('{"label":["a=b","c"]}'), { label: ['a=b', 'c'] });
});

test('nothing and null filter nothing', () => {
  assert.deepEqual(parseFilters(''), {});
  assert.deepEqual(parseFilters('null'), {});
  assert.deepEqual(parseFilters('{}'), {});
});

test('anything else is an invalid filter', () => {
  for (const text of ['x', '[]', '1', '{"a":1}', '{"a":{"b":1}}', '{"a":[1]}', '{"a":["b"],"c":{"d":true}}'])
    assert.throws(() => parseFilters(text), { kind: 'invalid-argument', message: 'invalid filter' }, text);
});

test('an unknown key is named', () => {
  assert.throws(() => refuseUnknownFilters({ zz: [] }, ['label']), { message: "invalid filter 'zz'" });
  assert.doesNotThrow(() => refuseUnknownFilters({ label: [] }, ['label']));
});

test('a boolean filter is true or false, and not both', () => {
  assert.equal(booleanFilter({ dangling: ['1'] }, 'dangling'), true);
  assert.equal(booleanFilter({ dangling: ['false', '0'] }, 'dangling'), false);
  assert.equal(booleanFilter({}, 'dangling'), undefined);
  assert.throws(() => booleanFilter({ dangling: ['x'] }, 'dangling'), {
    message: "invalid filter 'dangling=[x]'",
  });
  assert.throws(() => booleanFilter({ dangling: ['1', '0'] }, 'dangling'), {
    message: "invalid filter 'dangling=[1 0]'",
  });
});

test('labels match by key or by key and value, all of them', () => {
  const labels = { a: 'b=c', d: '' };
  assert.equal(matchLabels(['a', 'd'], labels), true);
  assert.equal(matchLabels(['a=b=c'], labels), true);
  assert.equal(matchLabels(['a=b'], labels), false);
  assert.equal(matchLabels(['d='], labels), true);
  assert.equal(matchLabels(['x'], undefined), false);
});
