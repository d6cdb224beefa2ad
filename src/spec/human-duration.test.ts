// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seconds } from '../base/time.ts';
import { humanDuration } from './human-duration.ts';
import { humanSize } from './human-size.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

test('durations are rounded as docker ps rounds them', () => {
  const told: readonly (readonly [secs: number, text: string])[] = [
    [0.9, 'Less than a second'],
    [1, '1 second'],
    [59, '59 seconds'],
    [60, 'About a minute'],
    [120, '2 minutes'],
    [59 * 60, '59 minutes'],
    [HOUR, 'About an hour'],
    [HOUR + 29 * 60, 'About an hour'],
    [HOUR + 30 * 60, '2 hours'],
    [47 * HOUR, '47 hours'],
    [48 * HOUR, '2 days'],
    [13 * DAY, '13 days'],
    [14 * DAY, '2 weeks'],
    [60 * DAY, '2 months'],
    [2 * 365 * DAY, '2 years'],
  ];
  for (const [secs, text] of told) assert.equal(humanDuration(seconds(secs)), text);
});

test('sizes have four digits', () => {
  assert.equal(humanSize(36445), '36.45kB');
  assert.equal(humanSize(1068964), '1.069MB');
  assert.equal(humanSize(2140160), '2.14MB');
  assert.equal(humanSize(999), '999B');
  assert.equal(humanSize(0), '0B');
});
