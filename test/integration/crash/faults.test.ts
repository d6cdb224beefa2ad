// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesNaming } from '../../support/host-leaks.ts';
import { settleTo, takeInventory } from '../../support/inventory.ts';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const engine = useEngine({ flags: ['--live-restore'] });

const SLEEP = ['busybox', 'sleep', '3600'];

const status = (name: string): readonly string[] => [
  'inspect',
  '-f',
  '{{.State.Status}} {{.State.Pid}} {{.State.ExitCode}}',
  name,
];

const pidOf = async (pattern: RegExp): Promise<number> => {
  const processes = await processesNaming(engine().directory);
  const found = processes.find(({ command }) => pattern.test(command));
  assert.ok(found, `no process like ${String(pattern)}`);
  return found.pid;
};

it('a shim that dies takes its container along in the books, too, and all that it held', async () => {
  const before = await takeInventory(engine());
  const id = await docker(engine(), ['run', '-d', '--name', 'orphan', '-p', '80', ...SLEEP]);
  process.kill(await pidOf(new RegExp(`containerd-shim.*${id}`)), 'SIGKILL');
  await dockerUntil(engine(), status('orphan'), /^exited 0 (137|255)$/, 30_000);
  const { stdout } = await engine().docker(['exec', 'orphan', 'true']);
  assert.equal(stdout, '');
  await docker(engine(), ['start', 'orphan']);
  assert.match(await docker(engine(), status('orphan')), /^running/);
  await docker(engine(), ['rm', '-f', 'orphan']);
  await settleTo(engine(), before, 30_000);
});

it('a restart policy brings back a container whose shim died', async () => {
  const id = await docker(engine(), ['run', '-d', '--name', 'back', '--restart', 'always', ...SLEEP]);
  process.kill(await pidOf(new RegExp(`containerd-shim.*${id}`)), 'SIGKILL');
  await dockerUntil(
    engine(),
    ['inspect', '-f', '{{.RestartCount}} {{.State.Status}}', 'back'],
    '1 running',
    30_000,
  );
  await docker(engine(), ['rm', '-f', 'back']);
});

it('what ends, is paused and oozes output while containerd is away is right again when it is back', async () => {
  for (const name of ['stays', 'ends', 'freezes'])
    await docker(engine(), ['run', '-d', '--name', name, ...SLEEP]);
  const pids = await Promise.all(
    ['stays', 'ends'].map(async (name) => Number((await docker(engine(), status(name))).split(' ')[1])),
  );
  await docker(engine(), ['pause', 'freezes']);
  process.kill(await pidOf(/(^|\/)containerd /), 'SIGKILL');
  process.kill(pids[1] ?? 0, 'SIGKILL');
  await dockerUntil(engine(), status('ends'), 'exited 0 137', 30_000);
  assert.match(await docker(engine(), status('stays')), new RegExp(`^running ${pids[0]} `));
  assert.match(await docker(engine(), status('freezes')), /^paused/);
  await docker(engine(), ['unpause', 'freezes']);
  await docker(engine(), ['exec', 'freezes', 'true']);
  await docker(engine(), ['rm', '-f', 'stays', 'ends', 'freezes']);
});

it('execs and pauses at the same time block nobody', async () => {
  await docker(engine(), ['run', '-d', '--name', 'busy', ...SLEEP]);
  const ask = (method: string, path: string, body?: object) =>
    engine().request(method, `/v1.51${path}`, { timeout: 60_000, ...(body && { body }) });
  const execute = async (): Promise<void> => {
    const made = await ask('POST', '/containers/busy/exec', { Cmd: ['true'], AttachStdout: true });
    if (made.status !== 201) return;
    const { Id } = made.json as { readonly Id: string };
    await ask('POST', `/exec/${Id}/start`, {});
  };
  for (let round = 0; round < 8; round += 1) {
    const execs = Array.from({ length: 4 }, async () => execute());
    await sleep(Math.random() * 60);
    const paused = await ask('POST', '/containers/busy/pause');
    assert.equal(paused.status, 204, paused.text);
    assert.equal((await ask('POST', '/containers/busy/unpause')).status, 204);
    await Promise.all(execs);
  }
  assert.equal(await docker(engine(), ['exec', 'busy', 'echo', 'well']), 'well');
  await docker(engine(), ['rm', '-f', 'busy']);
});

it('a daemon killed while an exec and a probe are being started takes all containers over', async () => {
  const check = ['--health-cmd', 'true', '--health-interval', '50ms'];
  const names = Array.from({ length: 4 }, (_, index) => `probed${index}`);
  for (const name of names) await docker(engine(), ['run', '-d', '--name', name, ...check, ...SLEEP]);
  const before = await Promise.all(names.map(async (name) => docker(engine(), status(name))));
  for (let round = 0; round < 3; round += 1) {
    await sleep(200 + Math.random() * 300);
    await engine().end('SIGKILL');
    await engine().start();
    assert.deepEqual(await Promise.all(names.map(async (name) => docker(engine(), status(name)))), before);
  }
  await docker(engine(), ['rm', '-f', ...names]);
});
