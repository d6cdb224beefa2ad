// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { it } from 'node:test';
import { mountsBelow } from '../../support/host-leaks.ts';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

const exec = async (container: string, script: string): Promise<string> =>
  docker(engine(), ['exec', container, 'sh', '-c', script]);

const memoryMounts = async (): Promise<readonly string[]> =>
  (await mountsBelow(engine().directory)).filter((place) => place.endsWith('/mounts/shm'));

it('containers that share their IPC namespace share /dev/shm, of the size that the donor asked for', async () => {
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'donor',
    '--ipc',
    'shareable',
    '--shm-size',
    '3m',
    'busybox',
    'sleep',
    '600',
  ]);
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'joined',
    '--ipc',
    'container:donor',
    'busybox',
    'sleep',
    '600',
  ]);
  await exec('donor', 'echo words > /dev/shm/note');
  assert.equal(await exec('joined', 'cat /dev/shm/note'), 'words');
  assert.equal(await exec('donor', 'stat -c %a /dev/shm'), '1777');
  assert.match(await exec('joined', 'df -k /dev/shm | tail -1'), /^shm\s+3072\s/);
  assert.equal(
    await exec('donor', 'readlink /proc/1/ns/ipc'),
    await exec('joined', 'readlink /proc/1/ns/ipc'),
  );
  assert.equal((await memoryMounts()).length, 1);
});

it('who joins one that has joined shares the same', async () => {
  const read = ['run', '--rm', '--ipc', 'container:joined', 'busybox', 'cat', '/dev/shm/note'];
  assert.equal(await docker(engine(), read), 'words');
});

it('the memory goes with the donor’s run, and comes back empty', async () => {
  await docker(engine(), ['rm', '-f', 'joined']);
  await docker(engine(), ['stop', '-t', '0', 'donor']);
  assert.deepEqual(await memoryMounts(), []);
  await docker(engine(), ['start', 'donor']);
  assert.equal(await exec('donor', 'ls /dev/shm'), '');
});

it('a stopped donor and one that does not share are refused', async () => {
  await docker(engine(), ['run', '-d', '--name', 'alone', '--ipc', 'private', 'busybox', 'sleep', '600']);
  const joinAlone = await engine().docker(['run', '--rm', '--ipc', 'container:alone', 'busybox', 'true']);
  assert.match(
    joinAlone.stderr,
    /failed to join IPC namespace: container alone: non-shareable IPC \(hint: use IpcMode:shareable for the donor container\)/,
  );
  await docker(engine(), ['stop', '-t', '0', 'alone']);
  const joinStopped = await engine().docker(['run', '--rm', '--ipc', 'container:alone', 'busybox', 'true']);
  assert.match(joinStopped.stderr, /failed to join IPC namespace: container alone is not running/);
});

it('without IPC there is no /dev/shm of its own, with the host’s it is the host’s', async () => {
  const none = await docker(engine(), ['run', '--rm', '--ipc', 'none', 'busybox', 'cat', '/proc/mounts']);
  assert.doesNotMatch(none, / \/dev\/shm /);
  const own = await docker(engine(), [
    'run',
    '--rm',
    '--ipc',
    'host',
    'busybox',
    'readlink',
    '/proc/self/ns/ipc',
  ]);
  const other = await docker(engine(), ['run', '--rm', 'busybox', 'readlink', '/proc/self/ns/ipc']);
  assert.notEqual(own, other);
});

it('memory of a donor whose daemon was killed is swept when the donor ended meanwhile', async () => {
  const [place = ''] = await memoryMounts();
  assert.ok(existsSync(place));
  await engine().end('SIGKILL');
  await engine().start();
  await dockerUntil(engine(), ['inspect', '-f', '{{.State.Running}}', 'donor'], 'false');
  assert.deepEqual(await memoryMounts(), []);
});
