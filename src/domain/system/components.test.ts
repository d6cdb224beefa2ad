// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findInit, parseVersion, probeComponents } from './components.ts';

test('versions are read as the programs print them', () => {
  assert.deepEqual(parseVersion('runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1\nspec: 1.0.2-dev\n'), {
    version: '1.1.5+ds1',
    commit: '1.1.5+ds1-1',
  });
  assert.deepEqual(parseVersion('tini version 0.19.0 - git.de40ad0\n'), {
    version: '0.19.0',
    commit: 'de40ad0',
  });
  assert.deepEqual(parseVersion('tini version 0.19.0\n'), { version: '0.19.0', commit: 'N/A' });
});

test('programs that are missing are no error', async () => {
  const facts = await probeComponents({
    programs: { find: (name) => (name === 'runc' ? '/runc' : undefined), ask: async () => undefined },
    containerd: { version: async () => ({ version: '1.6.20', revision: '' }) },
    ready: Promise.resolve(),
    runtimes: { runc: { binary: 'runc' } },
    initPath: undefined,
  });
  assert.deepEqual(facts.runc, { version: 'N/A', commit: 'N/A' });
  assert.deepEqual(facts.containerd, { version: '1.6.20', commit: 'N/A' });
});

test('features are told for every name of a runtime', async () => {
  const facts = await probeComponents({
    programs: {
      find: (name) => `/bin/${name}`,
      ask: async (_path, [arg]) => (arg === 'features' ? '{ "a": 1 }' : 'x version 1'),
    },
    containerd: { version: async () => ({ version: '1', revision: 'r' }) },
    ready: Promise.resolve(),
    runtimes: { runc: { binary: 'runc' }, 'io.containerd.runc.v2': { binary: 'runc' } },
    initPath: '/bin/docker-init',
  });
  assert.deepEqual([...facts.runtimeFeatures.values()], ['{"a":1}', '{"a":1}']);
});

test('a static init is preferred to a dynamic one', () => {
  const found = (...names: string[]) => ({
    find: (name: string) => (names.includes(name) ? `/bin/${name}` : undefined),
  });
  assert.equal(findInit(found('tini', 'tini-static'), ''), '/bin/tini-static');
  assert.equal(findInit(found('tini'), '/opt/init'), undefined);
  assert.equal(findInit(found(), ''), undefined);
});
