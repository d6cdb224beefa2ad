// SPDX-License-Identifier: Apache-2.0
import { equal } from 'node:assert/strict';
import { it } from 'node:test';
import { encodeLimit } from './project-quota.ts';

it('a limit is written in blocks of 512 bytes, hard and soft', () => {
  const record = encodeLimit(7, 1000);
  equal(record.length, 112);
  equal(record.subarray(0, 24).toString('hex'), '01020c000700000002000000000000000200000000000000');
  equal(
    record.subarray(24).every((byte) => byte === 0),
    true,
  );
});
