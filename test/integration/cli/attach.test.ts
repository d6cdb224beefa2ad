// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { converse } from '../../support/conversation.ts';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();
const TICKER = ['busybox', 'sh', '-c', 'i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.1; done'];

it('docker attach shows what comes from now on', async () => {
  await docker(engine(), ['run', '-d', '--name', 'ticker', ...TICKER]);
  const attached = converse(engine().spawnDocker(['attach', '--no-stdin', '--sig-proxy=false', 'ticker']));
  await attached.hear(/tick \d+\n[\s\S]*tick \d+\n/);
  attached.kill('SIGKILL');
  await attached.end();
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.Running}}', 'ticker']), 'true');
  await docker(engine(), ['rm', '-f', 'ticker']);
});

it('the detach keys let go of a terminal and the container runs on', async () => {
  const run = converse(engine().spawnTerminal(['run', '-it', '--name', 'left', 'busybox', 'sh']));
  await run.hear(/# /);
  run.say('X=kept\n');
  await run.hear(/# /);
  run.say('\x10');
  run.say('\x11');
  assert.equal(await run.end(), 0);
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.Running}}', 'left']), 'true');
  const again = converse(engine().spawnTerminal(['attach', 'left']));
  again.say('echo $X-again\n');
  await again.hear(/kept-again/);
  again.say('exit 4\n');
  assert.equal(await again.end(), 4);
  await docker(engine(), ['rm', 'left']);
});

it('detach keys can be chosen', async () => {
  const run = converse(
    engine().spawnTerminal(['run', '-it', '--detach-keys', 'ctrl-x,y', '--name', 'keys', 'busybox', 'cat']),
  );
  run.say('typed\n');
  await run.hear(/typed\r\ntyped/);
  run.say('\x18');
  run.say('y');
  assert.equal(await run.end(), 0);
  await docker(engine(), ['rm', '-f', 'keys']);
});

it('two clients attached to one container both hear it', async () => {
  await docker(engine(), ['run', '-d', '-i', '--name', 'shared', 'busybox', 'cat']);
  const [one, two] = [1, 2].map(() => converse(engine().spawnDocker(['attach', 'shared'])));
  await new Promise((resolve) => setTimeout(resolve, 300));
  one?.say('from one\n');
  await one?.hear(/from one/);
  await two?.hear(/from one/);
  two?.say('from two\n');
  await one?.hear(/from two/);
  await docker(engine(), ['kill', 'shared']);
  assert.equal(await one?.end(), 137);
  assert.equal(await two?.end(), 137);
  await docker(engine(), ['rm', 'shared']);
});

it('a client that goes away without a word does not stop the container', async () => {
  const run = converse(engine().spawnDocker(['run', '--name', 'orphan', ...TICKER]));
  await run.hear(/tick 2/);
  run.kill('SIGKILL');
  await run.end();
  await dockerUntil(engine(), ['logs', '--tail', '1', 'orphan'], /tick ([6-9]|\d\d)/);
  await docker(engine(), ['rm', '-f', 'orphan']);
});

it('docker logs -f follows to the end and ends with the container', async () => {
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'speaker',
    'busybox',
    'sh',
    '-c',
    'for i in 1 2 3; do echo say $i; sleep 0.2; done',
  ]);
  const result = await engine().docker(['logs', '-f', 'speaker']);
  assert.equal(result.stdout, 'say 1\nsay 2\nsay 3\n');
  await docker(engine(), ['rm', 'speaker']);
});

it('docker logs -f --tail begins at the tail and goes on', async () => {
  await docker(engine(), ['run', '-d', '--name', 'ticker2', ...TICKER]);
  await dockerUntil(engine(), ['logs', '--tail', '1', 'ticker2'], /tick [5-9]/);
  const logs = converse(engine().spawnDocker(['logs', '-f', '--tail', '2', 'ticker2']));
  const heard = await logs.hear(/tick \d+\n[\s\S]*tick \d+\n[\s\S]*tick \d+\n/);
  const numbers = [...heard.matchAll(/tick (\d+)/g)].map((match) => Number(match[1]));
  assert.ok((numbers[0] ?? 0) >= 4, heard);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => (numbers[0] ?? 0) + index),
  );
  logs.kill('SIGINT');
  await logs.end();
  await docker(engine(), ['rm', '-f', 'ticker2']);
});

it('twenty followers of a busy log all hear the end', async () => {
  await docker(engine(), ['create', '--name', 'busy', 'busybox', 'sh', '-c', 'sleep 1; seq 1 5000']);
  await docker(engine(), ['start', 'busy']);
  const readers = await Promise.all(
    Array.from({ length: 20 }, () => engine().docker(['logs', '-f', 'busy'])),
  );
  for (const reader of readers) assert.equal(reader.stdout.split('\n').length, 5001);
  await docker(engine(), ['rm', 'busy']);
});

it('a container that writes faster than its client reads waits for nobody else', async () => {
  const run = engine().spawnDocker([
    'run',
    '--name',
    'flood',
    'busybox',
    'sh',
    '-c',
    'seq 1 400000; echo flooded > /tmp/done',
  ]);
  run.stdout?.pause();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const began = performance.now();
  assert.equal((await engine().request('GET', '/_ping')).text, 'OK');
  assert.ok(performance.now() - began < 1000);
  const flood = converse(run);
  run.stdout?.resume();
  assert.equal(await flood.end(60_000), 0);
  assert.ok(flood.heard.endsWith('400000\n'));
  await docker(engine(), ['rm', 'flood']);
});
