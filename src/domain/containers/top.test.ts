// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProcessTable } from './top.ts';

test('the lines of the wanted processes are picked, their last column whole', () => {
  const printed = '  PID  USER CMD\n   10 root sleep 1\n   11 root other\n   12 root sh -c  x y\n';
  assert.deepEqual(parseProcessTable(printed, [10, 12]), {
    titles: ['PID', 'USER', 'CMD'],
    processes: [
      ['10', 'root', 'sleep 1'],
      ['12', 'root', 'sh -c x y'],
    ],
  });
});

test('threads follow their process', () => {
  const printed = 'PID CMD\n10 a\n- -\n11 b\n- -\n';
  assert.deepEqual(parseProcessTable(printed, [10]).processes, [
    ['10', 'a'],
    ['-', '-'],
  ]);
});

test('without a column of process numbers nothing can be told', () => {
  assert.throws(() => parseProcessTable('CMD\nsleep\n', [1]), /Couldn't find PID field in ps output/);
  assert.throws(
    () => parseProcessTable('PID\nx\n', [1]),
    /Unexpected pid 'x': strconv.Atoi: parsing "x": inv/,
  );
});
