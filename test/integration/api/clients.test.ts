// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import Docker from 'dockerode';
import type { Timestamp } from '../../../src/base/time.ts';
import type { EngineEvent } from '../../../src/domain/events/index.ts';
import type { LogLine } from '../../../src/domain/logs/index.ts';
import { converse } from '../../support/conversation.ts';
import { runCommand } from '../../support/run-command.ts';
import { type FakeEngine, startFakeEngine } from './fake-engine.ts';
import { fakeSystem, followed, oneImage, onlyRunning, RUNNING } from './fake-rooms.ts';
import { createFakeProcess } from './fake-session.ts';

const docker = (engine: FakeEngine, ...args: readonly string[]): ReturnType<typeof runCommand> =>
  runCommand('docker', ['-H', `unix://${engine.socketPath}`, ...args]);

const START: EngineEvent = {
  type: 'container',
  action: 'start',
  actor: RUNNING.id,
  attributes: { image: 'busybox', name: 'running', 'a.label': '<1>' },
  at: 1_795_305_815_123_456_789n as Timestamp,
};

test('docker version and docker info read what the engine says', async () => {
  await using engine = await startFakeEngine({ system: fakeSystem });
  const version = await docker(engine, 'version', '--format', '{{.Server.Version}} {{.Server.APIVersion}}');
  assert.deepEqual([version.code, version.stdout], [0, '0.1.0 1.51\n']);
  const info = await docker(engine, 'info');
  assert.equal(info.code, 0, info.stderr);
  for (const line of [
    'Containers: 3',
    'Images: 4',
    'Storage Driver: overlayfs',
    'Swarm: inactive',
    'Cgroup Version: 1',
  ])
    assert.ok(info.stdout.includes(line), `${line}\n${info.stdout}`);
});

test('docker ps shows a container', async () => {
  await using engine = await startFakeEngine({ containers: onlyRunning, images: oneImage });
  const { stdout } = await docker(
    engine,
    'ps',
    '--format',
    '{{.ID}} {{.Image}} {{.Command}} {{.Status}} {{.Names}}',
  );
  assert.equal(stdout, `${RUNNING.id.slice(0, 12)} busybox "sleep 1" Up 5 minutes running\n`);
});

test('docker inspect tells an unknown container by name', async () => {
  await using engine = await startFakeEngine({ containers: onlyRunning });
  const { code, stderr } = await docker(engine, 'container', 'inspect', 'nope');
  assert.equal(code, 1);
  assert.match(stderr, /No such container: nope/);
});

test('docker events shows an event as it happens', async () => {
  await using engine = await startFakeEngine({
    events: { follow: (_, signal) => followed([START], signal) },
  });
  const child = spawn('docker', ['-H', `unix://${engine.socketPath}`, 'events', '--format', '{{json .}}']);
  const events = converse(child);
  const line = JSON.parse(await events.hear(/\{.*\}\n/)) as Record<string, unknown>;
  events.kill('SIGTERM');
  await events.end();
  assert.equal(line['status'], 'start');
  assert.equal(line['from'], 'busybox');
  assert.equal(line['timeNano'], Number(START.at));
  assert.equal((line['Actor'] as { Attributes: Record<string, string> }).Attributes['a.label'], '<1>');
});

test('docker exec pipes 50 MB in and out and ends with the exit code', async () => {
  const cat = createFakeProcess({ echo: true });
  const containers = { ...onlyRunning, execStart: async () => cat.session };
  await using engine = await startFakeEngine({ containers });
  const child = spawn('docker', ['-H', `unix://${engine.socketPath}`, 'exec', '-i', 'running', 'cat']);
  const input = Buffer.alloc(50 * 1024 * 1024, 'berth');
  const hash = createHash('sha256');
  child.stdin.end(input);
  for await (const part of child.stdout) hash.update(part as Buffer);
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(hash.digest('hex'), createHash('sha256').update(input).digest('hex'));
  assert.equal(code, 7);
});

test('docker logs splits the streams', async () => {
  async function* lines(): AsyncGenerator<LogLine> {
    yield { stream: 'stdout', text: Buffer.from('out\n'), at: START.at };
    yield { stream: 'stderr', text: Buffer.from('err\n'), at: START.at };
  }
  const containers = { ...onlyRunning, logs: () => ({ tty: false, lines: lines() }) };
  await using engine = await startFakeEngine({ containers });
  const { stdout, stderr } = await docker(engine, 'logs', '-t', 'running');
  assert.equal(stdout, '2026-11-22T00:03:35.123456789Z out\n');
  assert.equal(stderr, '2026-11-22T00:03:35.123456789Z err\n');
});

test('docker pull prints progress, and an error that comes late', async () => {
  async function* pull(): AsyncGenerator<{ readonly status: string; readonly id?: string }> {
    yield { status: 'Pulling from library/x', id: 'latest' };
    throw new Error('the registry went away');
  }
  await using engine = await startFakeEngine({ images: { pull } });
  const { code, stdout, stderr } = await docker(engine, 'pull', 'x');
  assert.equal(code, 1);
  assert.match(stdout, /latest: Pulling from library\/x/);
  assert.match(stderr, /the registry went away/);
});

test('dockerode attaches and talks', async () => {
  const cat = createFakeProcess({ echo: true });
  await using engine = await startFakeEngine({
    containers: { ...onlyRunning, attach: async () => cat.session },
  });
  const client = new Docker({ socketPath: engine.socketPath });
  const container = client.getContainer('running');
  const stream = await container.attach({ stream: true, stdin: true, stdout: true, hijack: true });
  const output = new PassThrough();
  container.modem.demuxStream(stream, output, output);
  stream.on('end', () => output.end());
  stream.end('hello there');
  assert.equal(await text(output), 'hello there');
});

test('dockerode runs an exec, with and without an upgrade', async () => {
  for (const hijack of [true, false]) {
    const process = createFakeProcess({ stdin: false });
    process.print('stdout', 'done\n');
    process.exit();
    const containers = { ...onlyRunning, execStart: async () => process.session };
    await using engine = await startFakeEngine({ containers });
    const client = new Docker({ socketPath: engine.socketPath });
    const exec = await client.getContainer('running').exec({ Cmd: ['echo', 'done'], AttachStdout: true });
    const stream = await exec.start({ hijack, stdin: false });
    const output = new PassThrough();
    client.modem.demuxStream(stream, output, output);
    stream.on('end', () => output.end());
    assert.equal(await text(output), 'done\n', `hijack: ${hijack}`);
    assert.equal((await exec.inspect()).ExitCode, 7);
  }
});
