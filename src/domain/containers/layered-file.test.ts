// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { isLayeredFile, readLayeredFile } from './layered-file.ts';

const LIMIT = 100;

/** Layers from tables of path → text, or `→ target` for a link; topmost first. */
const withLayers = (tables: readonly Record<string, string>[], check: (layers: string[]) => void): void => {
  const root = mkdtempSync(join(tmpdir(), 'berth-layers-'));
  try {
    const layers = tables.map((table, index) => {
      const layer = join(root, String(index));
      mkdirSync(layer);
      for (const [path, text] of Object.entries(table)) {
        mkdirSync(join(layer, dirname(path)), { recursive: true });
        if (text.startsWith('→ ')) symlinkSync(text.slice(2), join(layer, path));
        else writeFileSync(join(layer, path), text);
      }
      return layer;
    });
    check(layers);
  } finally {
    rmSync(root, { recursive: true });
  }
};

test('the topmost layer that has the file gives it', () => {
  withLayers([{ 'etc/x': '' }, { 'etc/passwd': 'upper' }, { 'etc/passwd': 'lower' }], (layers) => {
    assert.equal(readLayeredFile(layers, '/etc/passwd', LIMIT), 'upper');
    assert.equal(readLayeredFile(layers, '/etc/nothing', LIMIT), undefined);
  });
});

test('a file is told from a directory and from nothing, also behind a link', () => {
  withLayers([{ link: '→ /etc/passwd' }, { 'etc/passwd': '' }], (layers) => {
    const found = ['/etc/passwd', '/link', '/etc', '/etc/none'].map((path) => isLayeredFile(layers, path));
    assert.deepEqual(found, [true, true, false, false]);
  });
});

test('links are followed through the layers and never out of them', () => {
  const tables = [
    { etc: '→ /conf/real', 'bin/x': '' },
    {
      'conf/real': '→ ../../../../usr/etc',
      'usr/etc/passwd': 'here',
      'usr/etc/group': '→ /loop',
      loop: '→ loop',
    },
  ];
  withLayers(tables, (layers) => {
    assert.equal(readLayeredFile(layers, '/etc/passwd', LIMIT), 'here');
    assert.equal(readLayeredFile(layers, '/etc/group', LIMIT), undefined);
    assert.equal(readLayeredFile(layers, '/etc/../../../../bin/sh', LIMIT), undefined);
  });
});

test('a file hides the directory of a lower layer', () => {
  withLayers([{ etc: 'a file' }, { 'etc/passwd': 'hidden' }], (layers) => {
    assert.equal(readLayeredFile(layers, '/etc/passwd', LIMIT), undefined);
  });
});

test('a file that is too long and one that is a directory are refused or not there', () => {
  withLayers([{ long: 'x'.repeat(LIMIT + 1), 'd/x': '' }], (layers) => {
    assert.throws(() => readLayeredFile(layers, '/long', LIMIT), /larger than 100 bytes/);
    assert.equal(readLayeredFile(layers, '/d', LIMIT), undefined);
  });
});
