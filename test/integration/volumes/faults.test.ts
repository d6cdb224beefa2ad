// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { buildImage, busyboxLayer, dockerArchive } from '../../support/image-archive.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const FILES = 2000;

const engine = useEngine({}, async (started) => {
  const files = Array.from({ length: FILES }, (_, index) => ({
    entry: { name: `data/${index}` },
    content: `file ${index}`,
  }));
  const image = buildImage({ tags: ['files:1'], layers: [busyboxLayer(), files] });
  const { code, stderr } = await started.docker(['load', '-q'], { input: dockerArchive(image) });
  assert.equal(code, 0, stderr);
});

const volumes = (): string => join(engine().dataRoot, 'volumes');

const create = async (name: string): Promise<{ status: number; json: unknown }> =>
  engine().request('POST', '/v1.51/volumes/create', { body: { Name: name, Labels: { n: name } } });

const names = async (): Promise<readonly string[]> =>
  (await docker(engine(), ['volume', 'ls', '-q'])).split('\n').filter(Boolean);

it('volumes that were told of survive a kill, what was half-made does not', async () => {
  const told: string[] = [];
  const creating = Promise.allSettled(
    Array.from({ length: 4 }, async (_, worker) => {
      for (let index = 0; ; index++) {
        const name = `made-${worker}-${index}`;
        if ((await create(name)).status === 201) told.push(name);
      }
    }),
  );
  const filling = engine()
    .request('POST', '/v1.51/containers/create', {
      body: { Image: 'files:1', HostConfig: { Binds: ['filled:/data'] } },
    })
    .catch(() => undefined);
  const filler = join(volumes(), 'filled/_data.filling');
  while (!existsSync(filler) && readdirSync(volumes()).length < 200) await pause(1);
  await engine().end('SIGKILL');
  await Promise.all([creating, filling]);
  await engine().start();
  const there = new Set(await names());
  assert.deepEqual(
    told.filter((name) => !there.has(name)),
    [],
  );
  const shown = await engine().request('GET', `/v1.51/volumes/${told.at(-1) ?? ''}`);
  assert.deepEqual((shown.json as { Labels: unknown }).Labels, { n: told.at(-1) });
  for (const name of readdirSync(volumes())) {
    const kept = readdirSync(join(volumes(), name)).filter((file) => !['_data', 'opts.json'].includes(file));
    assert.deepEqual([name.startsWith('.'), kept], [false, []]);
  }
  // Empty or whole: then this fills it, or leaves it.
  const counted = await docker(engine(), [
    'run',
    '--rm',
    '-v',
    'filled:/data',
    'files:1',
    'sh',
    '-c',
    'ls /data | wc -l',
  ]);
  assert.equal(counted, String(FILES));
  // Of the one that was being made all may be there.
  await docker(engine(), ['container', 'prune', '-f']);
  await docker(engine(), ['volume', 'prune', '-af']);
  assert.deepEqual(await names(), []);
});

it('creates, removals and starts of one volume at once end in order', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, async () => create('one')));
  assert.deepEqual(new Set(answers.map(({ status, json }) => `${status} ${JSON.stringify(json)}`)).size, 1);
  let isRunning = true;
  const removing = (async () => {
    const seen = new Set<number>();
    while (isRunning) {
      seen.add((await engine().request('DELETE', '/v1.51/volumes/one')).status);
      await pause(2);
    }
    return seen;
  })();
  const runs = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const failures: string[] = [];
      for (let index = 0; index < 3; index++) {
        const { code, stderr } = await engine().docker([
          'run',
          '--rm',
          '-v',
          'one:/v',
          'busybox',
          'touch',
          '/v/f',
        ]);
        if (code !== 0) failures.push(stderr);
      }
      return failures;
    }),
  );
  isRunning = false;
  assert.deepEqual(runs.flat(), []);
  for (const status of await removing) assert.ok([204, 404, 409].includes(status), String(status));
  await docker(engine(), ['volume', 'rm', '-f', 'one']);
  assert.deepEqual(readdirSync(volumes()), []);
});
