// SPDX-License-Identifier: Apache-2.0
import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { goFileMode } from './file-mode.ts';

test('kinds and special bits are where Go has them', () => {
  equal(goFileMode(0o100644), 0o644);
  equal(goFileMode(0o040755), 2147484141);
  equal(goFileMode(0o120777), 134218239);
  equal(goFileMode(0o041777), 2 ** 31 + 2 ** 20 + 0o777);
  equal(goFileMode(0o104755), 2 ** 23 + 0o755);
  equal(goFileMode(0o020620), 2 ** 26 + 2 ** 21 + 0o620);
});
