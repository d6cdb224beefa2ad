// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atoi, parseInt64, uint32Fault } from './integers.ts';
import { parseLogTime } from './log-time.ts';

test('a number that is none is told as Go tells it', () => {
  assert.equal(atoi('-5'), -5);
  assert.throws(() => atoi('x'), { kind: 'internal', message: 'strconv.Atoi: parsing "x": invalid syntax' });
  assert.throws(() => atoi('99999999999999999999'), {
    message: 'strconv.Atoi: parsing "99999999999999999999": value out of range',
  });
  assert.equal(parseInt64('9223372036854775807'), 9223372036854775807n);
});

test('a uint32 has no sign and an end', () => {
  assert.equal(uint32Fault('4294967295'), undefined);
  assert.equal(uint32Fault('4294967296'), 'value out of range');
  assert.equal(uint32Fault('-1'), 'value out of range');
  assert.equal(uint32Fault(''), 'invalid syntax');
});

test('times are seconds with a fraction', () => {
  assert.equal(parseLogTime('12.5'), 12_500_000_000n);
  assert.equal(parseLogTime('12.000000001'), 12_000_000_001n);
  assert.equal(parseLogTime('0'), undefined);
  assert.equal(parseLogTime(''), undefined);
  assert.throws(() => parseLogTime('1h'), {
    kind: 'internal',
    message: 'strconv.ParseInt: parsing "1h": invalid syntax',
  });
});
