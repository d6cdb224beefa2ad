// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

const commit = async (query: string): Promise<string> => {
  const answer = await engine().request('POST', `/commit?${query}`);
  assert.equal(answer.status, 201, answer.text);
  return (answer.json as { Id: string }).Id;
};

const inContainer = (image: string, script: string): Promise<string> =>
  docker(engine(), ['run', '--rm', image, 'sh', '-c', script]);

it('an image outlives its container, its other names and a restart of the engine', async () => {
  await docker(engine(), [
    'run',
    '--name',
    'maker',
    'busybox',
    'sh',
    '-c',
    'echo kept > /kept; rm /etc/passwd',
  ]);
  await docker(engine(), ['commit', 'maker', 'made:1']);
  await docker(engine(), ['rm', 'maker']);
  // With this the store's garbage collector runs.
  await docker(engine(), ['tag', 'made:1', 'made:2']);
  await docker(engine(), ['rmi', 'made:1']);
  await engine().end();
  await engine().start();
  assert.equal(await inContainer('made:2', 'cat /kept; ls /etc/passwd 2>&1 | grep -c No'), 'kept\n1');
  const [top] = (await docker(engine(), ['history', '-q', 'made:2'])).split('\n');
  assert.equal((await docker(engine(), ['images', '-q', 'made:2'])).slice(0, 12), top);
  await docker(engine(), ['rmi', 'made:2']);
});

it('each layer lies over the one before: what is removed, replaced and made again', async () => {
  const steps = [
    'mkdir -p /d/sub; echo 1 > /d/file; echo 1 > /d/sub/file',
    'rm -r /d/sub; echo 2 > /d/file',
    'mkdir /d/sub; echo 3 > /d/sub/new; rm /d/file; mkdir /d/file',
    'rm -r /d; ln -s /etc /d',
  ];
  const seen: string[] = [];
  let image = 'busybox';
  for (const [at, step] of steps.entries()) {
    await docker(engine(), ['run', '--name', `step${at}`, image, 'sh', '-c', step]);
    image = `stack:${at}`;
    await docker(engine(), ['commit', `step${at}`, image]);
    seen.push((await inContainer(image, 'find /d | sort | tr "\\n" " "')).trim());
    await docker(engine(), ['rm', `step${at}`]);
  }
  assert.deepEqual(seen, [
    '/d /d/file /d/sub /d/sub/file',
    '/d /d/file',
    '/d /d/file /d/sub /d/sub/new',
    '/d',
  ]);
  const layers = await docker(engine(), ['inspect', '-f', '{{len .RootFS.Layers}}', 'busybox', image]);
  const [below, above] = layers.split('\n').map(Number);
  assert.equal(above, (below ?? 0) + steps.length);
  await docker(engine(), ['rmi', 'stack:3', 'stack:2', 'stack:1', 'stack:0']);
});

it('an image with 100 MB of changes is made while the container goes on', async () => {
  const program = 'dd if=/dev/urandom of=/big bs=1M count=100 2>/dev/null; echo ready; sleep 600';
  await docker(engine(), ['run', '-d', '--name', 'big', 'busybox', 'sh', '-c', program]);
  await dockerUntil(engine(), ['logs', 'big'], 'ready', 60_000);
  const sum = await docker(engine(), ['exec', 'big', 'sha256sum', '/big']);
  const [id] = await Promise.all([
    commit('container=big&repo=big&pause=0'),
    docker(engine(), ['exec', 'big', 'true']),
  ]);
  assert.match(id, /^sha256:[0-9a-f]{64}$/);
  assert.equal(await inContainer('big', 'sha256sum /big'), sum);
  await docker(engine(), ['rm', '-f', 'big']);
  await docker(engine(), ['rmi', 'big']);
});

it('a container that is removed meanwhile gives no half image', async () => {
  const program = 'dd if=/dev/zero of=/big bs=1M count=200 2>/dev/null; echo ready; sleep 600';
  await docker(engine(), ['run', '-d', '--name', 'short', 'busybox', 'sh', '-c', program]);
  await dockerUntil(engine(), ['logs', 'short'], 'ready', 60_000);
  const [answer] = await Promise.all([
    engine().request('POST', '/commit?container=short&repo=half&pause=0'),
    docker(engine(), ['rm', '-f', 'short']),
  ]);
  if (answer.status === 201) {
    assert.equal(await inContainer('half', 'stat -c %s /big'), String(200 * 1024 * 1024));
    await docker(engine(), ['rmi', 'half']);
  } else {
    assert.ok(answer.status === 409 || answer.status === 404, answer.text);
    assert.equal(await docker(engine(), ['images', '-q', 'half']), '');
  }
});

it('many commits of one container at once are many images', async () => {
  await docker(engine(), ['run', '-d', '--name', 'many', 'busybox', 'sh', '-c', 'echo x > /x; sleep 600']);
  await dockerUntil(engine(), ['exec', 'many', 'cat', '/x'], 'x');
  const ids = await Promise.all([1, 2, 3, 4].map((at) => commit(`container=many&repo=many&tag=${at}`)));
  assert.equal(new Set(ids).size, 4);
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.Status}}', 'many']), 'running');
  for (const at of [1, 2, 3, 4]) assert.equal(await inContainer(`many:${at}`, 'cat /x'), 'x');
  await docker(engine(), ['rm', '-f', 'many']);
  await docker(engine(), ['rmi', 'many:1', 'many:2', 'many:3', 'many:4']);
});
