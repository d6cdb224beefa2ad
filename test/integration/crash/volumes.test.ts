// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

const volumeOf = (name: string): Promise<string> =>
  docker(engine(), ['inspect', '-f', '{{(index .Mounts 0).Name}}', name]);

const volumes = async (): Promise<readonly string[]> =>
  (await docker(engine(), ['volume', 'ls', '-q'])).split('\n').filter(Boolean);

const create = (name: string): Promise<string> =>
  docker(engine(), ['create', '--name', name, '-v', '/data', 'busybox', 'true']);

it('an anonymous volume that outlived its container on purpose outlives the daemon, too', async () => {
  await create('gone');
  await create('stays');
  const [kept, used] = [await volumeOf('gone'), await volumeOf('stays')];
  await docker(engine(), ['volume', 'create', 'named']);
  await docker(engine(), ['rm', 'gone']);
  await engine().end('SIGKILL');
  await engine().start();
  assert.deepEqual((await volumes()).toSorted(), [kept, used, 'named'].toSorted());
  await docker(engine(), ['volume', 'rm', kept, 'named']);
  await docker(engine(), ['rm', '-v', 'stays']);
  assert.deepEqual(await volumes(), []);
});

it('one that a crash left without the container it was made for is swept', async () => {
  const id = await create('half');
  const volume = await volumeOf('half');
  await engine().end('SIGKILL');
  // As if the daemon had died before the container was written down.
  await rm(join(engine().dataRoot, 'containers', id), { recursive: true });
  await engine().start();
  assert.deepEqual(await volumes(), []);
  assert.match(await engine().log(), new RegExp(`made for no container.*${volume}`));
});

it('one whose container can not be read is kept', async () => {
  const id = await create('unreadable');
  const volume = await volumeOf('unreadable');
  await engine().end('SIGKILL');
  const path = join(engine().dataRoot, 'containers', id, 'config.v2.json');
  const record = await readFile(path);
  await writeFile(path, '{"ID": "');
  await engine().start();
  assert.deepEqual(await volumes(), [volume]);
  await engine().end();
  await writeFile(path, record);
  await engine().start();
  await docker(engine(), ['rm', '-v', 'unreadable']);
  assert.deepEqual(await volumes(), []);
});
