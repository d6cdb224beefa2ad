// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { now, seconds, since } from '../../base/time.ts';
import { createProcessStatus, parseBeginning } from './process-status.ts';

test('a process began so many seconds after boot, whatever its name holds', () => {
  const rest = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 12345 20';
  assert.equal(parseBeginning(`77 (a b) c) S ${rest}`), 123.45);
});

test('this process began a while ago, and one that is not there never did', () => {
  const status = createProcessStatus('/bin');
  const beganAt = status.beganAt(process.pid);
  assert.ok(beganAt !== undefined && since(beganAt, now()) + seconds(2) > 0n);
  assert.equal(status.beganAt(2 ** 22 + 1), undefined);
});
