// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { mountsBelow } from '../../support/host-leaks.ts';
import { buildImage, busyboxLayer, dockerArchive } from '../../support/image-archive.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine({ flags: ['--live-restore'] });

const mounted = async (name: string): Promise<number> =>
  (await mountsBelow(join(engine().dataRoot, 'volumes', name, '_data'))).length;

it('after a kill a volume in use stays mounted once, one that nobody uses any more is unmounted', async () => {
  for (const name of ['used', 'left']) {
    await docker(engine(), ['volume', 'create', '-o', 'type=tmpfs', '-o', 'device=tmpfs', name]);
    await docker(engine(), ['run', '-d', '--name', name, '-v', `${name}:/v`, 'busybox', 'sleep', '600']);
  }
  await docker(engine(), ['exec', 'used', 'touch', '/v/mark']);
  const pid = Number(await docker(engine(), ['inspect', '-f', '{{.State.Pid}}', 'left']));
  await engine().end('SIGKILL');
  process.kill(pid, 'SIGKILL');
  assert.equal(await mounted('left'), 1);
  await engine().start();
  assert.deepEqual([await mounted('used'), await mounted('left')], [1, 0]);
  assert.equal(await docker(engine(), ['exec', 'used', 'ls', '/v']), 'mark');
  const second = ['run', '--rm', '-v', 'used:/v', 'busybox', 'ls', '/v'];
  assert.equal(await docker(engine(), second), 'mark');
  assert.equal(await mounted('used'), 1);
  await docker(engine(), ['rm', '-f', 'used', 'left']);
  assert.equal(await mounted('used'), 0);
  await docker(engine(), ['volume', 'rm', 'used', 'left']);
});

it('a kill while a new volume is being filled leaves no container that would run without the files', async () => {
  const files = Array.from({ length: 4000 }, (_, index) => ({
    entry: { name: `many/${index}` },
    content: String(index),
  }));
  const image = buildImage({ tags: ['many:1'], layers: [busyboxLayer(), files] });
  assert.equal((await engine().docker(['load', '-q'], { input: dockerArchive(image) })).code, 0);
  const creating = engine().docker(['create', '--name', 'half', '-v', 'filled:/many', 'many:1', 'true']);
  const volume = join(engine().dataRoot, 'volumes/filled');
  while (!existsSync(join(volume, '_data.filling'))) await pause(1);
  await engine().end('SIGKILL');
  const { code } = await creating;
  await engine().start();
  const found = await docker(engine(), ['ps', '-aq']);
  assert.equal(found === '', code !== 0);
  assert.deepEqual(readdirSync(volume).toSorted(), ['_data', 'opts.json']);
  if (found !== '') return;
  await docker(engine(), ['create', '--name', 'half', '-v', 'filled:/many', 'many:1', 'true']);
  assert.equal(readdirSync(join(volume, '_data')).length, files.length);
});
