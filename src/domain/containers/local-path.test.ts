// SPDX-License-Identifier: Apache-2.0
import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { isLocalPath } from './local-path.ts';

test('a path is local when its words alone keep it below its start', () => {
  for (const path of ['a', 'a/b', './a', 'a/../b', '.', '..a']) equal(isLocalPath(path), true, path);
  for (const path of ['', '/a', '..', '../a', 'a/../..', 'a/../../b']) equal(isLocalPath(path), false, path);
});
