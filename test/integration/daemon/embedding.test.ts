// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createEngine, type Engine, EngineError } from '../../../src/index.ts';
import { busyboxArchive } from '../../support/image-archive.ts';
import { requestHttp } from '../../support/http-request.ts';

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bt-embed-'));
});
after(() => rm(directory, { recursive: true, force: true }));

const make = (): Engine =>
  createEngine({
    dataRoot: join(directory, 'data'),
    execRoot: join(directory, 'exec'),
    hosts: [`unix://${join(directory, 's')}`],
    settings: { bridge: 'none', iptables: false, group: '0' },
    env: { PATH: process.env['PATH'] },
  });

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test('an engine inside this process loads an image, runs a container and serves the API', async () => {
  const { signal } = new AbortController();
  await using engine = make();
  assert.throws(() => engine.containers, EngineError);
  await engine.start();
  const told: string[] = [];
  for await (const line of engine.images.load(once(busyboxArchive()), { quiet: true, signal }))
    told.push(line.stream ?? '');
  assert.match(told.join(''), /Loaded image/);

  const socket = join(directory, 's');
  const created = await requestHttp(socket, 'POST', '/containers/create?name=inside', {
    body: { Image: 'busybox', Cmd: ['sh', '-c', 'exit 3'], HostConfig: { NetworkMode: 'none' } },
  });
  assert.equal(created.status, 201);
  const { result } = engine.containers.wait('inside', 'next-exit', { signal });
  await engine.containers.start('inside', { signal });
  assert.equal((await result).exitCode, 3);
  await engine.containers.delete('inside', { force: true, volumes: true, link: false });
  assert.equal(engine.images.count, 1);
});

test('a second engine on the same roots is refused, and the first goes on', async () => {
  await using first = make();
  await first.start();
  await using second = make();
  await assert.rejects(second.start(), /is in use by a running daemon/);
  assert.equal((await first.system.info()).images, 1);
});
