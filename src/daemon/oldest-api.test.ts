// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oldestApiOf } from './oldest-api.ts';

const read = (version: string) => oldestApiOf({ DOCKER_MIN_API_VERSION: version });
const complaint = (version: string) => ({ message: `invalid DOCKER_MIN_API_VERSION: ${version}` });

test('the environment raises the oldest API version', () => {
  assert.equal(read('1.40'), '1.40');
  assert.equal(read(''), undefined);
  assert.equal(oldestApiOf({}), undefined);
});

test('a version that cannot be is refused in the words of dockerd', () => {
  assert.throws(() => read('v1.40'), complaint('API version must be provided without "v" prefix'));
  assert.throws(() => read('1.9'), complaint('minimum supported API version is 1.24: 1.9'));
  assert.throws(() => read('1.99'), complaint('maximum supported API version is 1.51: 1.99'));
});
