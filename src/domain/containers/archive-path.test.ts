// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '../../base/errors.ts';
import { absolutePath, baseName, entryName, pathError } from './archive-path.ts';

test('a path starts at the root and keeps the slash or dot at its end', () => {
  const cases = {
    a: '/a',
    '/a/../b//c': '/b/c',
    'a/': '/a/',
    '/a/.': '/a/.',
    '/': '/',
    '.': '/.',
    '/..': '/',
  };
  for (const [given, wanted] of Object.entries(cases)) equal(absolutePath(given), wanted, given);
});

test('the last part of a path is what Docker calls it', () => {
  deepEqual(['/a/b', '/a/b/', '/a/.', '/', 'x'].map(baseName), ['b', 'b', '.', '/', 'x']);
  equal(entryName('/'), '');
  equal(entryName('/a/.'), '.');
});

test('a missing path is told by the names the client used', () => {
  const missing = new EngineError('not-found', 'lstat /x: no such file or directory');
  const told = pathError(missing, 'x', 'web') as EngineError;
  equal(told.message, 'Could not find the file x in container web');
  const other = new EngineError('internal', 'lstat /x/: not a directory');
  equal(pathError(other, 'x', 'web'), other);
});
