// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from './log.ts';

test('a line of text has its time, level, sentence and fields', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', format: 'text', write: (line) => lines.push(line) });
  log.with({ container: 'abc' }).warn('did not stop', { grace: 10n, path: '/a b' });
  log.debug('not said');
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? '',
    /^time="[\dT:.-]+Z" level=warning msg="did not stop" container=abc grace=10 path="\/a b"\n$/,
  );
});

test('the level can change while the daemon runs, for logs made before too', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', format: 'json', write: (line) => lines.push(line) });
  const inner = log.with({ a: 1 });
  log.setLevel('debug');
  inner.debug('said');
  assert.deepEqual(Object.keys(JSON.parse(lines[0] ?? '{}') as object), ['a', 'level', 'msg', 'time']);
});
