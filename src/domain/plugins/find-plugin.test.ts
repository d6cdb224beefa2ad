// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '../../base/errors.ts';
import { seconds } from '../../base/time.ts';
import { createPlugins } from './find-plugin.ts';
import { isUnknownMethod } from './refusal.ts';

const open = (answer: () => unknown) => {
  const asked: string[] = [];
  const stage = { url: 'unix:///p.sock' };
  const plugins = createPlugins({
    sockets: {
      find: async (name) => Promise.resolve(name === 'p' ? { name, url: stage.url } : undefined),
      call: async (_address, method) => {
        asked.push(method);
        return Promise.resolve(answer());
      },
    },
  });
  return { asked, stage, plugins };
};

test('a plugin is asked once what it can, and again when it has moved', async () => {
  const { asked, stage, plugins } = open(() => ({ Implements: ['NetworkDriver'] }));
  assert.equal(await plugins.find('other', 'NetworkDriver'), undefined);
  const [one, two] = await Promise.all([
    plugins.find('p', 'NetworkDriver'),
    plugins.find('p', 'NetworkDriver'),
  ]);
  assert.equal(one, two);
  assert.deepEqual(asked, ['Plugin.Activate']);
  stage.url = 'unix:///q.sock';
  assert.notEqual(await plugins.find('p', 'NetworkDriver'), one);
  await one?.call('NetworkDriver.Leave', {}, { patience: seconds(1), retry: false });
  assert.deepEqual(asked, ['Plugin.Activate', 'Plugin.Activate', 'NetworkDriver.Leave']);
});

test('one that can’t do it is refused, and one that does not answer is asked anew', async () => {
  const said: unknown[] = [];
  const { plugins } = open(() => {
    const next = said.shift();
    if (next instanceof EngineError) throw next;
    return next;
  });
  said.push(new EngineError('unavailable', 'nothing'), { Implements: ['IpamDriver'] });
  await assert.rejects(plugins.find('p', 'IpamDriver'), {
    kind: 'internal',
    message: 'legacy plugin: nothing',
  });
  assert.equal((await plugins.find('p', 'IpamDriver'))?.name, 'p');
  await assert.rejects(plugins.find('p', 'NetworkDriver'), {
    kind: 'internal',
    message: 'legacy plugin: Plugin does not implement the requested driver',
  });
});

test('a method that a plugin does not know is told from other refusals', () => {
  const refusal = (status: number): EngineError =>
    Object.assign(new EngineError('internal', 'no'), { status });
  assert.deepEqual(
    [refusal(404), refusal(500), new EngineError('internal', 'no'), 404].map(isUnknownMethod),
    [true, false, false, false],
  );
});
