// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { converse } from '../../support/conversation.ts';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();
const SLEEPER = ['busybox', 'sleep', '3600'];

it('docker stop asks first and kills after its time', async () => {
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'polite',
    'busybox',
    'sh',
    '-c',
    'trap "exit 12" TERM; touch /ready; while :; do sleep 0.05; done',
  ]);
  await dockerUntil(engine(), ['exec', 'polite', 'ls', '/ready'], '/ready');
  await docker(engine(), ['stop', 'polite']);
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.ExitCode}}', 'polite']), '12');
  await docker(engine(), ['run', '-d', '--name', 'deaf', ...SLEEPER]);
  const began = performance.now();
  await docker(engine(), ['stop', '-t', '1', 'deaf']);
  const took = performance.now() - began;
  assert.ok(took > 900 && took < 4000, `stop took ${took} ms`);
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.ExitCode}}', 'deaf']), '137');
  await docker(engine(), ['rm', 'polite', 'deaf']);
});

it('docker kill sends any signal', async () => {
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'ears',
    'busybox',
    'sh',
    '-c',
    'trap "echo usr1" USR1; trap "exit 3" HUP; echo ready; while :; do sleep 0.05; done',
  ]);
  await dockerUntil(engine(), ['logs', 'ears'], 'ready');
  await docker(engine(), ['kill', '-s', 'USR1', 'ears']);
  await dockerUntil(engine(), ['logs', 'ears'], 'ready\nusr1');
  await docker(engine(), ['kill', '-s', '1', 'ears']);
  assert.equal(await docker(engine(), ['wait', 'ears']), '3');
  await docker(engine(), ['rm', 'ears']);
});

it('docker restart gives a new process in the same file system', async () => {
  await docker(engine(), ['run', '-d', '--name', 'again', ...SLEEPER]);
  await docker(engine(), ['exec', 'again', 'touch', '/kept']);
  const before = await docker(engine(), ['inspect', '-f', '{{.State.Pid}}', 'again']);
  await docker(engine(), ['restart', '-t', '0', 'again']);
  assert.notEqual(await docker(engine(), ['inspect', '-f', '{{.State.Pid}}', 'again']), before);
  assert.equal(await docker(engine(), ['exec', 'again', 'ls', '/kept']), '/kept');
  await docker(engine(), ['rm', '-f', 'again']);
});

it('docker pause freezes and unpause thaws', async () => {
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'cold',
    'busybox',
    'sh',
    '-c',
    'while :; do date +%s%N >> /t; sleep 0.05; done',
  ]);
  await docker(engine(), ['pause', 'cold']);
  const { stdout } = await engine().docker(['inspect', '-f', '{{.State.Status}}', 'cold']);
  assert.equal(stdout, 'paused\n');
  await docker(engine(), ['unpause', 'cold']);
  const count = Number(await docker(engine(), ['exec', 'cold', 'sh', '-c', 'wc -l < /t']));
  await dockerUntil(
    engine(),
    ['exec', 'cold', 'sh', '-c', `test $(wc -l < /t) -gt ${count} && echo more`],
    'more',
  );
  await docker(engine(), ['rm', '-f', 'cold']);
});

it('a paused container can be killed and removed by force', async () => {
  await docker(engine(), ['run', '-d', '--name', 'ice', ...SLEEPER]);
  await docker(engine(), ['pause', 'ice']);
  await docker(engine(), ['rm', '-f', 'ice']);
});

it('docker rename frees the old name', async () => {
  await docker(engine(), ['create', '--name', 'old', 'busybox']);
  await docker(engine(), ['rename', 'old', 'new']);
  await docker(engine(), ['create', '--name', 'old', 'busybox']);
  await docker(engine(), ['rm', 'old', 'new']);
});

it('docker wait answers when the container ends', async () => {
  await docker(engine(), ['run', '-d', '--name', 'awaited', 'busybox', 'sh', '-c', 'sleep 0.5; exit 21']);
  assert.equal(await docker(engine(), ['wait', 'awaited']), '21');
  await docker(engine(), ['rm', 'awaited']);
});

it('docker rm refuses what runs and -f does not', async () => {
  await docker(engine(), ['run', '-d', '--name', 'stays', ...SLEEPER]);
  const refused = await engine().docker(['rm', 'stays']);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /container is running/);
  await docker(engine(), ['rm', '-f', 'stays']);
});

it('docker ps tells states, names, ports and sizes', async () => {
  await docker(engine(), ['run', '-d', '--name', 'seen', '-p', '127.0.0.1:19090:80', ...SLEEPER]);
  const line = await docker(engine(), [
    'ps',
    '--filter',
    'name=seen',
    '--format',
    '{{.Names}} {{.State}} {{.Ports}}',
  ]);
  assert.equal(line, 'seen running 127.0.0.1:19090->80/tcp');
  await docker(engine(), ['exec', 'seen', 'dd', 'if=/dev/zero', 'of=/big', 'bs=1M', 'count=2']);
  assert.match(
    await docker(engine(), ['ps', '-s', '--filter', 'name=seen', '--format', '{{.Size}}']),
    /^2\.\d+MB \(virtual 4\.\d+MB\)$/,
  );
  await docker(engine(), ['rm', '-f', 'seen']);
});

it('docker events tells the life of a container as it happens', async () => {
  const events = converse(
    engine().spawnDocker(['events', '--filter', 'container=told', '--format', '{{.Action}}']),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  await docker(engine(), ['run', '--rm', '--name', 'told', 'busybox', 'true']);
  await events.hear(/create\nattach\nstart\ndie\ndestroy\n/);
  events.kill('SIGINT');
  await events.end();
});

it('docker events --since tells the past', async () => {
  const since = (Date.now() / 1000).toFixed(3);
  await docker(engine(), ['run', '--name', 'past', 'busybox', 'true']);
  await docker(engine(), ['rm', 'past']);
  const until = (Date.now() / 1000 + 0.05).toFixed(3);
  const told = await docker(engine(), [
    'events',
    '--since',
    since,
    '--until',
    until,
    '--filter',
    'type=container',
    '--format',
    '{{.Action}}',
  ]);
  assert.equal(told, 'create\nattach\nstart\ndie\ndestroy');
});

it('restart policies restart and give up', async () => {
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'fails',
    '--restart',
    'on-failure:2',
    'busybox',
    'sh',
    '-c',
    'echo try; exit 1',
  ]);
  await dockerUntil(engine(), ['inspect', '-f', '{{.State.Status}} {{.RestartCount}}', 'fails'], 'exited 2');
  assert.equal(await docker(engine(), ['logs', 'fails']), 'try\ntry\ntry');
  await docker(engine(), ['run', '-d', '--name', 'always', '--restart', 'always', 'busybox', 'sleep', '0.1']);
  await dockerUntil(engine(), ['inspect', '-f', '{{gt .RestartCount 2}}', 'always'], 'true');
  await docker(engine(), ['stop', 'always']);
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.Status}}', 'always']), 'exited');
  await docker(engine(), ['rm', 'fails', 'always']);
});

it('many deeds on one container at once end in a state of the table', async () => {
  await docker(engine(), ['run', '-d', '--name', 'torn', ...SLEEPER]);
  await Promise.all(
    [
      ['stop', '-t', '0', 'torn'],
      ['start', 'torn'],
      ['kill', 'torn'],
      ['restart', '-t', '0', 'torn'],
      ['pause', 'torn'],
      ['unpause', 'torn'],
    ].map((args) => engine().docker(args)),
  );
  assert.match(
    await docker(engine(), ['inspect', '-f', '{{.State.Status}}', 'torn']),
    /^(running|exited|paused)$/,
  );
  await docker(engine(), ['rm', '-f', 'torn']);
  assert.equal(await docker(engine(), ['ps', '-aq', '--filter', 'name=torn']), '');
});
