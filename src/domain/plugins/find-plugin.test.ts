// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '../../base/errors.ts';
import { seconds } from '../../base/time.ts';
import { createPlugins } from './find-plugin.ts';
import { isUnknownMethod } from './refusal.ts';

const addressOf = (url: string): { readonly name: string; readonly url: string } => ({ name: 'p', url });

const open = (answer: () => unknown) => {
  const asked: string[] = [];
  const stage = { url: 'unix:///p.sock', isThere: true };
  const plugins = createPlugins({
    sockets: {
      find: async (name) => Promise.resolve(name === 'p' && stage.isThere ? addressOf(stage.url) : undefined),
      list: async () => Promise.resolve(stage.isThere ? [addressOf(stage.url)] : []),
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

test('all rooms know a plugin together, who wants it by its name and who lists all', async () => {
  const { asked, plugins } = open(() => ({ Implements: ['VolumeDriver', 'NetworkDriver'] }));
  const found = await plugins.find('p', 'NetworkDriver');
  const call = { patience: seconds(1), retry: false };
  const [named] = await plugins.list();
  assert.equal(await named?.as('VolumeDriver', call), found);
  assert.equal(await named?.as('IpamDriver', call), undefined);
  assert.equal(await (await plugins.lookUp('p'))?.as('VolumeDriver', call), found);
  assert.deepEqual(asked, ['Plugin.Activate']);
});

test('who asks at once asks together, but nobody waits for a plugin to start who did not want to', async () => {
  const answers: PromiseWithResolvers<unknown>[] = [];
  const { asked, plugins } = open(() => {
    const answer = Promise.withResolvers<unknown>();
    answers.push(answer);
    return answer.promise;
  });
  const patient = [plugins.find('p', 'NetworkDriver'), plugins.find('p', 'NetworkDriver')];
  const [named] = await plugins.list();
  const hasty = named?.as('NetworkDriver', { patience: seconds(1), retry: false });
  assert.equal(asked.length, 2);
  for (const { resolve } of answers) resolve({ Implements: ['NetworkDriver'] });
  const [one, two] = await Promise.all(patient);
  assert.ok(one && one === two);
  assert.equal(await hasty, one);
});

test('a plugin that was gone is asked anew, as is one that did not answer a call', async () => {
  let isDown = false;
  const { asked, stage, plugins } = open(() => {
    if (isDown) throw new EngineError('unavailable', 'nobody there');
    return { Implements: ['NetworkDriver'] };
  });
  const first = await plugins.find('p', 'NetworkDriver');
  stage.isThere = false;
  assert.equal(await plugins.find('p', 'NetworkDriver'), undefined);
  stage.isThere = true;
  const second = await plugins.find('p', 'NetworkDriver');
  assert.notEqual(second, first);
  isDown = true;
  await assert.rejects(
    async () => second?.call('NetworkDriver.Join', {}, { patience: seconds(1), retry: false }),
    {
      kind: 'unavailable',
      message: 'nobody there',
    },
  );
  isDown = false;
  const third = await plugins.find('p', 'NetworkDriver');
  assert.notEqual(third, second);
  // What an old object finds says nothing of the new one.
  isDown = true;
  await assert.rejects(async () =>
    first?.call('NetworkDriver.Join', {}, { patience: seconds(1), retry: false }),
  );
  isDown = false;
  assert.equal(await plugins.find('p', 'NetworkDriver'), third);
  assert.equal(asked.filter((method) => method === 'Plugin.Activate').length, 3);
});

test('a method that a plugin does not know is told from other refusals', () => {
  const refusal = (status: number): EngineError =>
    Object.assign(new EngineError('internal', 'no'), { status });
  assert.deepEqual(
    [refusal(404), refusal(500), new EngineError('internal', 'no'), 404].map(isUnknownMethod),
    [true, false, false, false],
  );
});
