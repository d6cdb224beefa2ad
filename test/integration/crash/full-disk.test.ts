// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import type { Engine } from '../../support/engine.ts';
import { busyboxArchive } from '../../support/image-archive.ts';
import { settleTo, takeInventory } from '../../support/inventory.ts';
import { mustRun } from '../../support/run-command.ts';
import { startBerth } from '../../support/start-berth.ts';
import { docker } from '../../support/use-engine.ts';

/** Bytes of the small disk: room for busybox and little more. */
const SIZE = 64 * 1024 * 1024;

let engine: Engine;
let directory: string;
let disk: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bt-small-'));
  disk = join(directory, 'disk');
  await mkdir(disk);
  const image = join(directory, 'image');
  await writeFile(image, '');
  await truncate(image, SIZE);
  await mustRun('mkfs.ext4', ['-q', '-m', '0', image]);
  await mustRun('mount', ['-o', 'loop', image, disk]);
  engine = await startBerth({ flags: [`--data-root=${disk}/data`] });
  assert.equal((await engine.docker(['load'], { input: busyboxArchive() })).code, 0);
  await docker(engine, ['run', '--rm', 'busybox', 'true']);
});

after(async () => {
  await rm(join(disk, 'filler'), { force: true });
  await engine.stop();
  await mustRun('umount', [disk]);
  await rm(directory, { recursive: true, force: true });
});

/** Leaves no block free. */
const fill = async (): Promise<void> => {
  await mustRun('sh', [
    '-c',
    `dd if=/dev/zero of=${disk}/filler bs=64k 2>/dev/null; dd if=/dev/zero bs=1k 2>/dev/null >>${disk}/filler; true`,
  ]);
};

it('a create on a full disk answers 507 and leaves nothing; with room again it goes on', async () => {
  await docker(engine, ['run', '-d', '--name', 'old', 'busybox', 'sleep', '600']);
  const before = await takeInventory(engine);
  const records = await readdir(join(disk, 'data/containers'));
  await fill();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const answer = await engine.request('POST', '/v1.51/containers/create?name=new', {
      body: { Image: 'busybox', Volumes: { '/data': {} } },
    });
    assert.equal(answer.status, 507, answer.text);
    assert.match(answer.text, /no space left on device/i);
  }
  assert.deepEqual(await readdir(join(disk, 'data/containers')), records);
  assert.equal((await engine.request('GET', '/v1.51/containers/new/json')).status, 404);
  assert.deepEqual((await engine.request('GET', '/v1.51/volumes')).json, { Volumes: [], Warnings: null });
  assert.equal(await docker(engine, ['exec', 'old', 'echo', 'on']), 'on');
  await settleTo(engine, before);
  await rm(join(disk, 'filler'));
  assert.equal(await docker(engine, ['run', '--rm', '--name', 'new', 'busybox', 'echo', 'room']), 'room');
});

it('a stop and a removal go through on a full disk, for they make room', async () => {
  await fill();
  await docker(engine, ['stop', '-t', '0', 'old']);
  await docker(engine, ['rm', 'old']);
  assert.equal(await docker(engine, ['ps', '-aq']), '');
  await rm(join(disk, 'filler'));
  await engine.end();
  await engine.start();
  assert.equal(await docker(engine, ['ps', '-aq']), '');
});
