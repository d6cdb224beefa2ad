// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions, isOldestApi, negotiate, readsPlainErrors } from './version.ts';

test('components compare as numbers', () => {
  assert.ok(compareVersions('1.9', '1.24') < 0);
  assert.equal(compareVersions('1.24.0', '1.24'), 0);
  assert.equal(compareVersions('01.051', '1.51'), 0);
  assert.ok(compareVersions('1.51.1', '1.51') > 0);
  assert.ok(compareVersions('1', '1.24') < 0);
});

test('a version in range is known by its second number', () => {
  assert.equal(negotiate('1.24', '1.24'), 24);
  assert.equal(negotiate('1.51', '1.24'), 51);
  assert.equal(negotiate('1.24.0', '1.24'), 24);
});

test('a newer and an older version are told what would do', () => {
  assert.throws(() => negotiate('1.51.1', '1.24'), {
    kind: 'invalid-argument',
    message: 'client version 1.51.1 is too new. Maximum supported API version is 1.51',
  });
  assert.throws(() => negotiate('1.30', '1.40'), {
    message:
      'client version 1.30 is too old. Minimum supported API version is 1.40, please upgrade your client to a newer version',
  });
});

test('clients below 1.24 read plain errors', () => {
  assert.equal(readsPlainErrors('1.23'), true);
  assert.equal(readsPlainErrors('1.24'), false);
});

test('the oldest version can be raised within what is supported', () => {
  assert.equal(isOldestApi('1.40'), true);
  for (const text of ['1.23', '1.52', 'v1.40', '1', '']) assert.equal(isOldestApi(text), false, text);
});
