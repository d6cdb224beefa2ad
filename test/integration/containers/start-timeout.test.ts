// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import type { Engine } from '../../support/engine.ts';
import { busyboxArchive } from '../../support/image-archive.ts';
import { type Inventory, settleTo, takeInventory } from '../../support/inventory.ts';
import { startBerth } from '../../support/start-berth.ts';
import { docker } from '../../support/use-engine.ts';

let engine: Engine;
let directory: string;

/** A runtime that is runc, but for the commands in the file `hang`: those it never returns from. */
const script = (): string => `#!/bin/sh
for word in $(cat ${directory}/hang 2>/dev/null); do
  for argument in "$@"; do [ "$argument" = "$word" ] && exec sleep 3600; done
done
exec runc "$@"
`;

const hang = (...commands: readonly string[]): Promise<void> =>
  writeFile(join(directory, 'hang'), commands.join(' '));

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bt-slow-'));
  const runtime = join(directory, 'slow-runc');
  await writeFile(runtime, script());
  await chmod(runtime, 0o755);
  await writeFile(
    join(directory, 'daemon.json'),
    JSON.stringify({ runtimes: { slow: { path: runtime } }, 'start-timeout': 4 }),
  );
  engine = await startBerth({ flags: [`--config-file=${directory}/daemon.json`] });
  assert.equal((await engine.docker(['load'], { input: busyboxArchive() })).code, 0);
  await docker(engine, ['run', '--rm', '-p', '80', '-v', '/data', 'busybox', 'true']);
});

after(async () => {
  await hang();
  await engine.stop();
  await rm(directory, { recursive: true, force: true });
});

interface State {
  readonly Status: string;
  readonly ExitCode: number;
  readonly Error: string;
  readonly Pid: number;
}

const stateOf = async (name: string): Promise<State> =>
  JSON.parse(await docker(engine, ['inspect', '-f', '{{json .State}}', name])) as State;

const actionsOf = async (name: string): Promise<readonly string[]> => {
  const until = (Date.now() / 1000).toFixed(3);
  const filters = encodeURIComponent(JSON.stringify({ container: [name] }));
  const { text } = await engine.request('GET', `/v1.51/events?since=1&until=${until}&filters=${filters}`);
  return [...text.matchAll(/"Action":"([^"]+)"/g)].map((match) => match[1] ?? '');
};

const create = (name: string): Promise<string> =>
  docker(engine, [
    'create',
    '--runtime=slow',
    '--name',
    name,
    '-p',
    '127.0.0.1:8099:80',
    '-v',
    '/data',
    'busybox',
    'sleep',
    '600',
  ]);

/** All but what a container that is not started has as well. */
const held = (of: Inventory): Inventory => ({ ...of, snapshots: of.snapshots + 1 });

for (const command of ['create', 'start']) {
  it(`a runtime that never returns from ${command} is given up, and all that was taken is let go`, async () => {
    const before = held(await takeInventory(engine));
    const name = `hung-${command}`;
    await create(name);
    await hang(command);
    const started = await engine.request('POST', `/v1.51/containers/${name}/start`, { timeout: 90_000 });
    assert.equal(started.status, 500, started.text);
    assert.match(started.text, /did not start the container within 4s: context deadline exceeded/);
    const state = await stateOf(name);
    assert.deepEqual([state.Status, state.ExitCode, state.Pid], ['created', 128, 0]);
    assert.match(state.Error, /within 4s/);
    const actions = await actionsOf(name);
    assert.ok(!actions.includes('start') && !actions.includes('die'), actions.join(' '));
    await hang();
    await settleTo(engine, before, 30_000);
    await docker(engine, ['start', name]);
    assert.equal((await stateOf(name)).Status, 'running');
    assert.equal(await docker(engine, ['exec', name, 'echo', 'well']), 'well');
    await docker(engine, ['rm', '-f', '-v', name]);
  });
}

it('a runtime that hangs at everything does not keep others from starting', async () => {
  const before = held(await takeInventory(engine));
  await create('stuck');
  await hang('create', 'delete', 'kill', 'state');
  const starting = engine.request('POST', '/v1.51/containers/stuck/start', { timeout: 120_000 });
  assert.equal(await docker(engine, ['run', '--rm', 'busybox', 'echo', 'meanwhile']), 'meanwhile');
  assert.equal((await starting).status, 500);
  await hang();
  await docker(engine, ['start', 'stuck']);
  await docker(engine, ['rm', '-f', '-v', 'stuck']);
  await settleTo(engine, { ...before, snapshots: before.snapshots - 1 }, 30_000);
});
