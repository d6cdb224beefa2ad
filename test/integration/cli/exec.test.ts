// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { converse } from '../../support/conversation.ts';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const engine = useEngine({}, async (started) => {
  await docker(started, ['run', '-d', '--name', 'host', 'busybox', 'sleep', '3600']);
});

it('docker exec answers output and exit code', async () => {
  const result = await engine().docker(['exec', 'host', 'sh', '-c', 'echo out; echo err >&2; exit 6']);
  assert.deepEqual(result, { code: 6, stdout: 'out\n', stderr: 'err\n' });
});

it('docker exec -it gives a terminal to talk to', async () => {
  const shell = converse(engine().spawnTerminal(['exec', '-it', 'host', 'sh']));
  await shell.hear(/# /);
  shell.say('tty && stty size\n');
  await shell.hear(/\/dev\/pts\/\d+\r\n24 80/);
  shell.say('exit 7\n');
  assert.equal(await shell.end(), 7);
});

it('docker exec -i carries 10 MB both ways', async () => {
  const text = randomBytes(5_000_000).toString('hex');
  const result = await engine().docker(['exec', '-i', 'host', 'cat'], { input: text });
  assert.equal(
    createHash('sha256').update(result.stdout).digest('hex'),
    createHash('sha256').update(text).digest('hex'),
  );
});

it('docker exec -d leaves the process behind', async () => {
  await docker(engine(), ['exec', '-d', 'host', 'sh', '-c', 'sleep 0.2; echo done > /tmp/exec-done']);
  await dockerUntil(engine(), ['exec', 'host', 'sh', '-c', 'cat /tmp/exec-done 2>/dev/null'], 'done');
});

it('the detach keys leave an exec', async () => {
  const shell = converse(
    engine().spawnTerminal([
      'exec',
      '-it',
      'host',
      'sh',
      '-c',
      'echo in; sleep 1; echo alive > /tmp/left; sleep 600',
    ]),
  );
  await shell.hear(/in/);
  shell.say('\x10');
  shell.say('\x11');
  await shell.end();
  await dockerUntil(engine(), ['exec', 'host', 'cat', '/tmp/left'], 'alive');
});

it('twenty execs at once all answer', async () => {
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) => engine().docker(['exec', 'host', 'echo', `exec ${index}`])),
  );
  assert.deepEqual(
    results.map((result) => result.stdout),
    results.map((_, index) => `exec ${index}\n`),
  );
});

it('an exec ends with its container', async () => {
  await docker(engine(), ['run', '-d', '--name', 'short', 'busybox', 'sleep', '600']);
  const inside = converse(engine().spawnDocker(['exec', 'short', 'sh', '-c', 'echo in; sleep 600']));
  await inside.hear(/in/);
  await docker(engine(), ['kill', 'short']);
  assert.equal(await inside.end(), 137);
  await docker(engine(), ['rm', 'short']);
});
