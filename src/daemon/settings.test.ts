// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeConfig } from './config.ts';
import { reloadAttributes } from './reload.ts';
import { joinSettings, readSources, rereadSources } from './settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'berth-settings-'));
const path = join(directory, 'daemon.json');
after(() => rmSync(directory, { recursive: true }));
const write = (document: object): void => writeFileSync(path, JSON.stringify(document));

test('a reload takes what may change, keeps what is absent, and resets what goes back to its default', () => {
  write({ labels: ['a=1'], 'max-concurrent-downloads': 9, 'log-driver': 'local', debug: true });
  const before = readSources({ 'config-file': path });
  write({ labels: ['a=2'], 'log-driver': 'json-file' });
  const { file, flags } = rereadSources(before);
  const config = makeConfig(joinSettings(file, flags), {});
  assert.deepEqual(config.labels, ['a=2']);
  assert.equal(config.debug, true);
  assert.equal(config.maxConcurrentDownloads, 3);
  assert.equal(config.logDriver, 'local');
  assert.equal(reloadAttributes(config, 'host')['labels'], '["a=2"]');
});

test('a bad file changes nothing and says what is wrong', () => {
  write({ labels: ['a=1'] });
  const before = readSources({ 'config-file': path });
  write({ 'max-concurrent-downloads': -1 });
  assert.throws(() => rereadSources(before), {
    message: `unable to configure the Docker daemon with file ${path}: file configuration validation failed: invalid max concurrent downloads: -1`,
  });
});
