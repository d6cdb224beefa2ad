// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { converse } from '../../support/conversation.ts';
import { processesNaming } from '../../support/host-leaks.ts';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const LIVE = ['--live-restore'];
const TICKER = ['busybox', 'sh', '-c', 'i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.1; done'];
const engine = useEngine({ flags: LIVE });

const state = (name: string): Promise<string> =>
  docker(engine(), ['inspect', '-f', '{{.State.Status}} {{.State.Pid}} {{.State.ExitCode}}', name]);

function assertUnbroken(log: string): void {
  const numbers = [...log.matchAll(/tick (\d+)/g)].map((match) => Number(match[1]));
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
}

for (const [signal, deed] of [
  ['SIGKILL', 'kill -9'],
  ['SIGTERM', 'an orderly stop'],
] as const) {
  it(`live restore: containers live through ${deed} of the daemon, with log, port, exec and exit code`, async () => {
    await docker(engine(), ['run', '-d', '--name', 'ticker', ...TICKER]);
    await docker(engine(), [
      'run',
      '-d',
      '--name',
      'web',
      '-p',
      '8080:80',
      'busybox',
      'sh',
      '-c',
      'echo up > /tmp/index.html; httpd -f -p 80 -h /tmp',
    ]);
    await docker(engine(), ['run', '-d', '--name', 'short', 'busybox', 'sh', '-c', 'sleep 1.5; exit 17']);
    await docker(engine(), ['run', '-d', '-i', '--name', 'cat', 'busybox', 'cat']);
    const before = await state('ticker');
    await engine().end(signal);
    const meanwhile = await engine().netns.run(['curl', '-s', '-m', '3', 'http://127.0.0.1:8080/']);
    assert.equal(meanwhile.stdout, 'up\n', 'the port is dead while the daemon is away');
    await sleep(1600);
    await engine().start();
    assert.equal(await state('ticker'), before);
    assert.equal(
      await dockerUntil(
        engine(),
        ['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'short'],
        'exited 17',
      ),
      'exited 17',
    );
    await dockerUntil(engine(), ['logs', '--tail', '1', 'ticker'], /tick (2[5-9]|[3-9]\d)/);
    assertUnbroken(await docker(engine(), ['logs', 'ticker']));
    assert.equal(
      (await engine().netns.run(['curl', '-s', '-m', '3', 'http://127.0.0.1:8080/'])).stdout,
      'up\n',
    );
    assert.equal(await docker(engine(), ['exec', 'web', 'cat', '/tmp/index.html']), 'up');
    const attached = converse(engine().spawnDocker(['attach', 'cat']));
    await sleep(300);
    attached.say('still here\n');
    await attached.hear(/still here/);
    await docker(engine(), ['kill', 'ticker', 'web', 'cat']);
    assert.equal(await attached.end(), 137);
    assert.match(await state('ticker'), /^exited 0 137$/);
    await docker(engine(), ['rm', 'ticker', 'web', 'short', 'cat']);
  });
}

it('containerd killed under running containers comes back and they live on', async () => {
  await docker(engine(), ['run', '-d', '--name', 'ticker', ...TICKER]);
  const before = await state('ticker');
  const processes = await processesNaming(engine().directory);
  const containerd = processes.find(({ command }) => /(^|\/)containerd /.test(command));
  assert.ok(containerd, 'no containerd of its own');
  process.kill(containerd.pid, 'SIGKILL');
  await sleep(200);
  assert.equal((await engine().request('GET', '/_ping')).text, 'OK');
  await dockerUntil(engine(), ['run', '--rm', 'busybox', 'echo', 'works'], 'works', 30_000);
  assert.equal(await state('ticker'), before);
  await docker(engine(), ['exec', 'ticker', 'true']);
  const last = await docker(engine(), ['logs', '--tail', '1', 'ticker']);
  await dockerUntil(engine(), ['logs', '--tail', '1', 'ticker'], new RegExp(`^(?!${last}$)tick`));
  assertUnbroken(await docker(engine(), ['logs', 'ticker']));
  await docker(engine(), ['kill', 'ticker']);
  await dockerUntil(
    engine(),
    ['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'ticker'],
    'exited 137',
  );
  await docker(engine(), ['rm', 'ticker']);
});

it('a container whose record is corrupt is left out, told of and kept', async () => {
  const [good, bad] = [
    await docker(engine(), ['create', '--name', 'good', 'busybox', 'echo', 'good']),
    await docker(engine(), ['create', '--name', 'bad', 'busybox', 'true']),
  ];
  await engine().end();
  await writeFile(join(engine().dataRoot, 'containers', bad, 'config.v2.json'), '{"ID": "');
  await engine().start();
  assert.equal(await docker(engine(), ['ps', '-aq', '--no-trunc']), good);
  assert.equal(await docker(engine(), ['start', '-a', 'good']), 'good');
  assert.ok((await readdir(join(engine().dataRoot, 'containers'))).includes(bad));
  assert.match(await engine().log(), new RegExp(bad));
  await docker(engine(), ['rm', 'good']);
});

it('without live restore containers are stopped in order and restart policies apply at boot', async () => {
  await engine().end();
  await engine().start([]);
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'polite',
    'busybox',
    'sh',
    '-c',
    'trap "echo bye; exit 11" TERM; while :; do sleep 0.05; done',
  ]);
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'always',
    '--restart',
    'always',
    '--stop-timeout',
    '1',
    'busybox',
    'sh',
    '-c',
    'trap "exit 0" TERM; while :; do sleep 0.05; done',
  ]);
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'unless',
    '--restart',
    'unless-stopped',
    'busybox',
    'sh',
    '-c',
    'trap "exit 0" TERM; while :; do sleep 0.05; done',
  ]);
  await docker(engine(), ['stop', 'unless']);
  await sleep(300);
  await engine().end();
  const left = await processesNaming(engine().directory);
  assert.deepEqual(left, [], 'processes are left after an orderly stop');
  await engine().start();
  assert.match(await state('polite'), /^exited 0 11$/);
  assert.equal(await docker(engine(), ['logs', 'polite']), 'bye');
  await dockerUntil(engine(), ['inspect', '-f', '{{.State.Status}}', 'always'], 'running');
  assert.match(await state('unless'), /^exited/);
  await docker(engine(), ['rm', '-f', 'polite', 'always', 'unless']);
  await engine().end();
  await engine().start(LIVE);
});

it('events reach back over a restart of the daemon', async () => {
  const since = (Date.now() / 1000).toFixed(3);
  await docker(engine(), ['run', '--rm', '--name', 'remembered', 'busybox', 'true']);
  await engine().end();
  await engine().start();
  const until = (Date.now() / 1000).toFixed(3);
  const told = await docker(engine(), [
    'events',
    '--since',
    since,
    '--until',
    until,
    '--filter',
    'container=remembered',
    '--format',
    '{{.Action}}',
  ]);
  assert.equal(told, 'create\nattach\nstart\ndie\ndestroy');
});
