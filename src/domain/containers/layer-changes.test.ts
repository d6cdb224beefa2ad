// SPDX-License-Identifier: Apache-2.0
import { deepEqual } from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { findLayerChanges } from './layer-changes.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-changes-'));
  for (const layer of ['upper', 'top', 'bottom']) mkdirSync(join(folder, layer));
});

afterEach(() => rmSync(folder, { recursive: true }));

const put = (path: string, text = ''): void => {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  utimesSync(join(folder, path), 1000, 1000);
};

const changes = async (): Promise<readonly string[]> => {
  const found = await findLayerChanges(join(folder, 'upper'), [join(folder, 'top'), join(folder, 'bottom')]);
  return found.map(({ path, kind }) => `${kind} ${path}`);
};

test('what is new, other, and untouched is told apart', async () => {
  put('bottom/a/old', 'text');
  put('bottom/a/same', 'text');
  put('upper/a/old', 'longer text');
  put('upper/a/same', 'text');
  put('upper/a/new');
  put('upper/made/in/here');
  deepEqual(await changes(), [
    'modified /a',
    'added /a/new',
    'modified /a/old',
    'added /made',
    'added /made/in',
    'added /made/in/here',
  ]);
});

test('a directory alone counts when its mode changed', async () => {
  put('bottom/a/x');
  put('top/b/x');
  mkdirSync(join(folder, 'upper/a'));
  mkdirSync(join(folder, 'upper/b'));
  chmodSync(join(folder, 'upper/b'), 0o700);
  deepEqual(await changes(), ['modified /b']);
});

test('a kind that changed is a modification, whatever is below', async () => {
  put('bottom/file');
  put('top/directory/x');
  put('upper/file/x');
  put('upper/directory');
  deepEqual(await changes(), ['modified /directory', 'modified /file', 'added /file/x']);
});

test('what the engine makes in every container is not told, what is changed there is', async () => {
  put('bottom/etc/passwd');
  put('upper/.dockerenv');
  put('upper/etc/hosts');
  put('upper/dev/console');
  mkdirSync(join(folder, 'upper/proc'));
  deepEqual(await changes(), []);
  put('upper/etc/passwd', 'more');
  deepEqual(await changes(), ['modified /etc', 'modified /etc/passwd']);
});
