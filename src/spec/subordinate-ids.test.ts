// SPDX-License-Identifier: Apache-2.0
import { deepEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { freeSubordinateRange, idRangesOf, parseSubordinateIds } from './subordinate-ids.ts';

const text = '# who\n\nann:300000:100\nbob:165536:65536\nann:100000:65536\n';

test('the ranges of one owner follow one another from 0 on, by where they begin', () => {
  const all = parseSubordinateIds(text, '/etc/subuid');
  deepEqual(idRangesOf(all, 'ann'), [
    { containerId: 0, hostId: 100_000, size: 65_536 },
    { containerId: 65_536, hostId: 300_000, size: 100 },
  ]);
  deepEqual(idRangesOf(all, 'eve'), []);
});

test('a new owner gets the first gap that is large enough', () => {
  deepEqual(freeSubordinateRange([]), { first: 100_000, last: 165_535 });
  deepEqual(freeSubordinateRange(parseSubordinateIds(text, 'x')), { first: 231_072, last: 296_607 });
  const near = parseSubordinateIds('a:100000:65536\nb:200000:9', 'x');
  deepEqual(freeSubordinateRange(near), { first: 200_009, last: 265_544 });
});

test('a line that is no range is told', () => {
  throws(() => parseSubordinateIds('ann:1', '/etc/subgid'), /Format not correct for \/etc\/subgid file$/);
  throws(() => parseSubordinateIds('ann:x:1', '/etc/subgid'), /String to int conversion failed/);
});
