// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { converse } from '../../support/conversation.ts';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

it('docker run prints what the container prints and answers its exit code', async () => {
  const result = await engine().docker(['run', 'busybox', 'sh', '-c', 'echo out; echo err >&2; exit 3']);
  assert.deepEqual(result, { code: 3, stdout: 'out\n', stderr: 'err\n' });
});

it('docker run --rm leaves no container', async () => {
  await docker(engine(), ['run', '--rm', '--name', 'gone', 'busybox', 'true']);
  assert.equal(await docker(engine(), ['ps', '-aq', '--filter', 'name=gone']), '');
});

it('docker run -d answers the id of a container that runs', async () => {
  const id = await docker(engine(), ['run', '-d', '--name', 'behind', 'busybox', 'sleep', '600']);
  assert.match(id, /^[0-9a-f]{64}$/);
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.Status}}', id]), 'running');
  await docker(engine(), ['rm', '-f', 'behind']);
});

it('50 MB of stdin come through unchanged', async () => {
  const bytes = randomBytes(50_000_000);
  const expected = createHash('sha256').update(bytes).digest('hex');
  const result = await engine().docker(['run', '--rm', '-i', 'busybox', 'sha256sum'], { input: bytes });
  assert.equal(result.stdout, `${expected}  -\n`, result.stderr);
});

it('50 MB of stdin come back unchanged', async () => {
  const text = randomBytes(25_000_000).toString('hex');
  const result = await engine().docker(['run', '--rm', '-i', 'busybox', 'cat'], { input: text });
  assert.equal(
    createHash('sha256').update(result.stdout).digest('hex'),
    createHash('sha256').update(text).digest('hex'),
  );
});

it('a program that reads no stdin does not hang on it', async () => {
  const result = await engine().docker(['run', '--rm', '-i', 'busybox', 'true'], {
    input: randomBytes(10_000_000),
  });
  assert.equal(result.code, 0, result.stderr);
});

it('docker run -it gives a terminal of the right size to talk to', async () => {
  const shell = converse(engine().spawnTerminal(['run', '-it', '--rm', '--name', 'talk', 'busybox', 'sh']));
  await shell.hear(/# /);
  shell.say('echo $((6*7))\n');
  await shell.hear(/\r\n42\r\n/);
  shell.say('stty size\n');
  await shell.hear(/24 80/);
  shell.say('exit 5\n');
  assert.equal(await shell.end(), 5);
});

it('Ctrl-C on a terminal interrupts the program', async () => {
  const shell = converse(
    engine().spawnTerminal([
      'run',
      '-it',
      '--rm',
      'busybox',
      'sh',
      '-c',
      'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.1; done',
    ]),
  );
  await shell.hear(/ready/);
  shell.say('\x03');
  await shell.hear(/caught/);
  assert.equal(await shell.end(), 9);
});

it('a signal to docker run goes to the container', async () => {
  const run = converse(
    engine().spawnDocker([
      'run',
      '--rm',
      'busybox',
      'sh',
      '-c',
      'trap "echo caught; exit 8" TERM; echo ready; while :; do sleep 0.1; done',
    ]),
  );
  await run.hear(/ready/);
  run.kill('SIGTERM');
  await run.hear(/caught/);
  assert.equal(await run.end(), 8);
});

it('exit codes are 125 for the daemon, 126 and 127 for the program, 137 for the killed', async () => {
  const codes = await Promise.all(
    [
      ['--network', 'nope', 'busybox', 'true'],
      ['busybox', '/etc'],
      ['busybox', 'nosuch'],
      ['--init', 'busybox', 'sh', '-c', 'kill -9 $$'],
    ].map(async (args) => (await engine().docker(['run', '--rm', ...args])).code),
  );
  assert.deepEqual(codes, [125, 126, 127, 137]);
});

it('generated names are an adjective and a surname', async () => {
  const id = await docker(engine(), ['create', 'busybox', 'true']);
  assert.match(await docker(engine(), ['inspect', '-f', '{{.Name}}', id]), /^\/[a-z]+_[a-z]+\d?$/);
  await docker(engine(), ['rm', id]);
});

it('50 docker runs at once all answer', async () => {
  const runs = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      engine().docker(['run', '--rm', 'busybox', 'echo', `run ${index}`], { timeout: 120_000 }),
    ),
  );
  assert.deepEqual(
    runs.map((run) => run.stdout.trim()),
    runs.map((_, index) => `run ${index}`),
    runs.find((run) => run.code !== 0)?.stderr ?? '',
  );
  await dockerUntil(
    engine(),
    ['ps', '-aq', '--filter', 'ancestor=busybox', '--filter', 'status=running'],
    '',
  );
});

it('the output of a short program is never lost', async () => {
  for (let index = 0; index < 25; index++) {
    const result = await engine().docker(['run', '--rm', 'busybox', 'echo', `line ${index}`]);
    assert.equal(result.stdout, `line ${index}\n`);
  }
});
