// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Nanoseconds } from '../base/time.ts';
import { formatGoDuration, parseGoDuration } from './go-duration.ts';

test('durations are read as Go reads them', () => {
  assert.equal(parseGoDuration('1h30m'), 5_400_000_000_000n);
  assert.equal(parseGoDuration('-1.5s'), -1_500_000_000n);
  assert.equal(parseGoDuration('2us'), 2_000n);
  assert.equal(parseGoDuration('0'), 0n);
  assert.equal(parseGoDuration('.5ms'), 500_000n);
});

test('what is no duration is none', () => {
  for (const text of ['', '1', 's', '.s', '1h2', 'zz', '-', '99999999999h'])
    assert.equal(parseGoDuration(text), undefined, text);
});

test('a duration is printed as Go prints it', () => {
  const printed = (text: string): string => formatGoDuration(parseGoDuration(text) as Nanoseconds);
  for (const text of ['30s', '1m30s', '1h0m0s', '1.5s', '100ms', '1.5ms', '2µs', '7ns', '0s', '-2s'])
    assert.equal(printed(text), text);
});
