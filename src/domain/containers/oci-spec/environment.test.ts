// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeEnvironment, processEnvironment } from './environment.ts';

test('an override stands in its default’s place, a new one at the end, a bare key takes the default away', () => {
  assert.deepEqual(mergeEnvironment(['A=1', 'B=2', 'C=3'], ['D=4', 'B=x=y', 'A']), ['B=x=y', 'C=3', 'D=4']);
});

test('TERM is there with a terminal only', () => {
  const env = ['PATH=/bin'];
  assert.deepEqual(processEnvironment({ hostname: 'h', tty: true, env }), [
    'PATH=/bin',
    'HOSTNAME=h',
    'TERM=xterm',
  ]);
  assert.deepEqual(processEnvironment({ hostname: 'h', tty: false, env }), ['PATH=/bin', 'HOSTNAME=h']);
});
