// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Method, Route } from './route.ts';
import { Router } from './router.ts';

const route = (method: Method, path: string): Route => ({
  method,
  path,
  operation: path,
  handle: () => undefined,
});

const router = new Router([
  route('GET', '/images/json'),
  route('GET', '/images/{name:.*}/json'),
  route('GET', '/images/{name:.*}/get'),
  route('DELETE', '/images/{name:.*}'),
  route('GET', '/networks'),
  route('GET', '/networks/'),
  route('GET', '/networks/{id:.+}'),
  route('GET', '/nodes/{id}'),
  route('GET', '/containers/{name:.*}/attach/ws'),
  route('DELETE', '/containers/{name:.*}'),
  route('DELETE', '/containers/{name}/checkpoints/{checkpoint}'),
]);

const find = (method: string, path: string): unknown => {
  const match = router.find(method, path);
  return match && [match.route.path, match.params];
};

test('a fixed path comes before a name', () => {
  assert.deepEqual(find('GET', '/images/json'), ['/images/json', {}]);
});

test('a name takes slashes, and the end decides', () => {
  assert.deepEqual(find('GET', '/images/reg:5000/a/b:t/json'), [
    '/images/{name:.*}/json',
    { name: 'reg:5000/a/b:t' },
  ]);
  assert.deepEqual(find('GET', '/images/a/json/get'), ['/images/{name:.*}/get', { name: 'a/json' }]);
  assert.deepEqual(find('DELETE', '/images/a/b:c'), ['/images/{name:.*}', { name: 'a/b:c' }]);
  assert.deepEqual(find('GET', '/containers/x/attach/ws'), [
    '/containers/{name:.*}/attach/ws',
    { name: 'x' },
  ]);
});

test('an empty name is a name where the pattern allows it', () => {
  assert.deepEqual(find('DELETE', '/images/'), ['/images/{name:.*}', { name: '' }]);
  assert.deepEqual(find('GET', '/networks/'), ['/networks/', {}]);
});

test('a plain parameter is one segment', () => {
  assert.deepEqual(find('GET', '/nodes/a'), ['/nodes/{id}', { id: 'a' }]);
  assert.equal(find('GET', '/nodes/a/b'), undefined);
});

test('another method and an unknown path find nothing', () => {
  assert.equal(find('POST', '/images/json'), undefined);
  assert.equal(find('HEAD', '/images/json'), undefined);
  assert.equal(find('GET', '/images/json/'), undefined);
  assert.equal(router.find(undefined, '/x'), undefined);
});
