// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTarget } from './request-target.ts';

test('a version is taken off the path', () => {
  assert.deepEqual(parseTarget('/v1.43/containers/json?all=1'), {
    path: '/containers/json',
    version: '1.43',
    search: 'all=1',
  });
  assert.deepEqual(parseTarget('/_ping'), { path: '/_ping', search: '' });
});

test('what looks like a version and is none stays', () => {
  assert.deepEqual(parseTarget('/vx/info'), { path: '/vx/info', search: '' });
  assert.deepEqual(parseTarget('/v1.43'), { path: '/v1.43', search: '' });
  assert.deepEqual(parseTarget('/volumes'), { path: '/volumes', search: '' });
});

test('names keep their slashes and lose their escapes', () => {
  assert.deepEqual(parseTarget('/images/reg:5000/a/b%3At/json'), {
    path: '/images/reg:5000/a/b:t/json',
    search: '',
  });
});

test('an unclean path is sent to the clean one, its query with it', () => {
  assert.deepEqual(parseTarget('/containers//x/json?a=1'), { location: '/containers/x/json?a=1' });
  assert.deepEqual(parseTarget('/containers/%2Fx/json'), { location: '/containers/x/json' });
  assert.deepEqual(parseTarget('/a/./b/../c/'), { location: '/a/c/' });
});

test('a bad escape is malformed', () => {
  assert.equal(parseTarget('/a%zz'), 'malformed');
});

test('the absolute form means the same', () => {
  assert.deepEqual(parseTarget('http://docker/v1.24/info'), { path: '/info', version: '1.24', search: '' });
});
