// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PortIntervals } from './port-intervals.ts';

const HIGHEST = 60;

test('intervals hold what a set of the same numbers holds, in as few intervals as possible', () => {
  const range = fc.tuple(fc.nat(HIGHEST), fc.nat(12));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), range)), (steps) => {
      const intervals = new PortIntervals();
      const numbers = new Set<number>();
      for (const [adds, [first, more]] of steps) {
        for (let number = first; number <= first + more; number += 1)
          if (adds) numbers.add(number);
          else numbers.delete(number);
        if (adds) intervals.add(first, first + more);
        else intervals.remove(first, first + more);
      }
      const expected = [...numbers].toSorted((one, other) => one - other);
      const found = intervals.within(0, 2 * HIGHEST);
      assert.deepEqual(
        found.flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, index) => first + index),
        ),
        expected,
      );
      assert.ok(found.every(([first], index) => index === 0 || first > (found[index - 1]?.[1] ?? 0) + 1));
      assert.equal(intervals.isEmpty, numbers.size === 0);
      const inside = intervals.within(20, 30).flatMap(([first, last]) => last - first + 1);
      const count = expected.filter((number) => number >= 20 && number <= 30).length;
      assert.equal(
        inside.reduce((sum, length) => sum + length, 0),
        count,
      );
    }),
  );
});
