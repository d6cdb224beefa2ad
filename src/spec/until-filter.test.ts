// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../base/errors.ts';
import { fromUnix, seconds, type Timestamp } from '../base/time.ts';
import { untilFilter } from './until-filter.ts';

const NOW = fromUnix(1_700_000_000n);
const until = (...values: readonly string[]): Timestamp | undefined => untilFilter({ until: values }, NOW);

test('until is a duration back, seconds since 1970, or a date', () => {
  assert.equal(until('10m'), NOW - seconds(600));
  assert.equal(until('1500000000.5'), fromUnix(1_500_000_000n, 500_000_000));
  assert.equal(until('2017-07-14T02:40:00Z'), fromUnix(1_500_000_000n));
  assert.equal(until('2017-07-14T04:40:00.25+02:00'), fromUnix(1_500_000_000n, 250_000_000));
  assert.equal(until('2017-07-14Z'), fromUnix(1_499_990_400n));
  assert.equal(until('2017-07-14T02:40'), BigInt(Date.parse('2017-07-14T02:40')) * 1_000_000n);
  assert.equal(untilFilter({}, NOW), undefined);
});

test('anything else, and a second one, is refused in words', () => {
  assert.throws(
    () => until('soon'),
    (error) =>
      isKind(error, 'invalid-argument') &&
      (error as Error).message === 'failed to parse value as time or duration: "soon"',
  );
  assert.throws(() => until('1h', '2h'), /more than one until filter specified/);
});
