// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { runCommand } from '../../support/run-command.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-runtimes-'));
after(() => rmSync(folder, { recursive: true }));

const noted = join(folder, 'noted');
const runtime = join(folder, 'runtime');
writeFileSync(
  runtime,
  `#!/bin/sh\nif [ "$1" = --mine ]; then echo "$2" >> ${noted}; shift 2; fi\nexec runc "$@"\n`,
);
chmodSync(runtime, 0o755);

const settings = join(folder, 'daemon.json');
const configure = (more: object = {}): void =>
  writeFileSync(
    settings,
    JSON.stringify({
      runtimes: {
        noting: { path: runtime, runtimeArgs: ['--mine', "it's noted"] },
        shim: { runtimeType: 'io.containerd.runc.v2', options: { BinaryName: runtime } },
      },
      'default-ulimits': { nofile: { Name: 'nofile', Soft: 111, Hard: 222 } },
      'no-new-privileges': true,
      ...more,
    }),
  );
configure();

const engine = useEngine({ flags: ['--config-file', settings] });

const run = async (args: readonly string[], script: string): Promise<string> =>
  docker(engine(), ['run', '--rm', ...args, 'busybox', 'sh', '-c', script]);

it('a runtime of daemon.json is called with its arguments, or through its shim’s options', async () => {
  assert.equal(await run(['--runtime', 'noting'], 'echo ran'), 'ran');
  assert.match(readFileSync(noted, 'utf8'), /^(it's noted\n)+$/);
  assert.equal(await run(['--runtime', 'shim'], 'echo ran'), 'ran');
});

it('a container whose runtime was taken out of the configuration is not run by another', async () => {
  const id = await docker(engine(), ['create', '--runtime', 'noting', 'busybox', 'true']);
  configure({ runtimes: {} });
  await engine().end();
  await engine().start();
  const { code, stderr } = await engine().docker(['start', id]);
  assert.equal(code, 1);
  assert.match(stderr, /unknown or invalid runtime name: noting/);
  configure();
  await engine().end();
  await engine().start();
  await docker(engine(), ['start', id]);
});

it('the daemon’s limits stand where a container has none', async () => {
  assert.equal(await run([], 'ulimit -n; ulimit -Hn'), '111\n222');
  assert.equal(await run(['--ulimit', 'nofile=50:60'], 'ulimit -n; ulimit -Hn'), '50\n60');
  const id = await docker(engine(), ['create', '--ulimit', 'core=0', 'busybox']);
  const shown = await docker(engine(), ['inspect', '-f', '{{json .HostConfig.Ulimits}}', id]);
  assert.deepEqual(JSON.parse(shown), [
    { Name: 'core', Hard: 0, Soft: 0 },
    { Name: 'nofile', Hard: 222, Soft: 111 },
  ]);
});

it('new privileges are kept away from who does not ask for them, execs included', async () => {
  const look = 'grep NoNewPrivs /proc/self/status | cut -f2';
  assert.equal(await run([], look), '1');
  assert.equal(await run(['--security-opt', 'no-new-privileges=false'], look), '0');
  await docker(engine(), ['run', '-d', '--name', 'guarded', 'busybox', 'sleep', '600']);
  assert.equal(await docker(engine(), ['exec', 'guarded', 'sh', '-c', look]), '1');
  await docker(engine(), ['rm', '-f', 'guarded']);
});

it('a cgroup parent holds the container on every hierarchy, and goes unharmed', async () => {
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'nested',
    '--cgroup-parent',
    '/berth-fields-test/below',
    'busybox',
    'sleep',
    '600',
  ]);
  const pid = await docker(engine(), ['inspect', '-f', '{{.State.Pid}}', 'nested']);
  const places = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n');
  const place = places.find((line) => /^\d+:(memory)?:/.test(line)) ?? '';
  assert.match(place, /:\/berth-fields-test\/below\/[0-9a-f]{64}$/);
  assert.match(await docker(engine(), ['stats', '--no-stream', '--format', '{{.PIDs}}', 'nested']), /^1$/);
  await docker(engine(), ['rm', '-f', 'nested']);
  const { stdout } = await runCommand('find', [
    '/sys/fs/cgroup',
    '-depth',
    '-path',
    '*/berth-fields-test*',
    '-type',
    'd',
  ]);
  for (const directory of stdout.split('\n').filter(Boolean)) await runCommand('rmdir', [directory]);
});
