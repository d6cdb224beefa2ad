// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';
import { ask, serve } from './port-peers.ts';

const engine = useEngine({ flags: ['--live-restore'] });
const here = (): string => engine().netns.path;

afterEach(async () => {
  const ids = await docker(engine(), ['ps', '-aq']);
  if (ids !== '') await docker(engine(), ['rm', '-f', ...ids.split('\n')]);
});

const COUNT = 10_000;
const FIRST = 20_000;
const LAST = FIRST + COUNT - 1;

type Ports = Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>>;

const portsOf = async (name: string): Promise<Ports> => {
  const { json } = await engine().request('GET', `/containers/${name}/json`);
  return (json as { NetworkSettings: { Ports: Ports } }).NetworkSettings.Ports;
};

const run = async (name: string, ...publish: readonly string[]): Promise<string> =>
  docker(engine(), [
    'run',
    '-d',
    '--name',
    name,
    ...publish.flatMap((each) => ['-p', each]),
    'busybox',
    'sleep',
    '3600',
  ]);

/** What a program of the host hears that binds a port; empty when it has it. */
const bind = async (host: string, port: number): Promise<string> => {
  const program = `
    const server = require('node:net').createServer().on('error', (e) => { console.log(e.code); process.exit(); });
    server.listen(${port}, '${host}', () => process.exit());
  `;
  return (await engine().netns.run([process.execPath, '-e', program])).stdout.trim();
};

/** A program of the host that has a port; calling what it gives ends it. */
const occupy = async (port: number): Promise<() => void> => {
  const command = engine().netns.enter([
    process.execPath,
    '-e',
    `require('node:net').createServer().listen(${port}, () => console.log('up'))`,
  ]);
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return () => void child.kill();
};

it('ten thousand ports are published as one range, held against others, and outlive kill -9 of the daemon', async () => {
  await docker(engine(), [
    'create',
    '--name',
    'wide',
    '-p',
    `${FIRST}-${LAST}:${FIRST}-${LAST}`,
    'busybox',
    'sleep',
    '3600',
  ]);
  assert.equal((await engine().request('POST', '/containers/wide/start')).status, 204);
  const ports = await portsOf('wide');
  assert.equal(Object.keys(ports).length, COUNT);
  for (const port of [FIRST, FIRST + 4321, LAST])
    assert.deepEqual(ports[`${port}/tcp`], [
      { HostIp: '0.0.0.0', HostPort: `${port}` },
      { HostIp: '::', HostPort: `${port}` },
    ]);

  const rules = (await engine().netns.run(['nft', 'list', 'ruleset'])).stdout;
  assert.match(rules, /tcp \. 20000-29999 : 172\.17\.0\.2/);
  assert.ok(rules.length < 20_000, `${rules.length} bytes of rules`);

  assert.equal(await bind('0.0.0.0', FIRST + 77), 'EADDRINUSE');
  assert.equal(await bind('::1', LAST), 'EADDRINUSE');
  const refused = await engine().docker(['run', '--rm', '-p', `${LAST}:80`, 'busybox']);
  assert.match(
    refused.stderr,
    new RegExp(`Bind for 0\\.0\\.0\\.0:${LAST} failed: port is already allocated`),
  );

  await using _server = await serve(engine(), 'wide', { tcp: [FIRST, FIRST + 5000, LAST] });
  const check = async (): Promise<void> =>
    assert.deepEqual(
      await ask(
        here(),
        ['tcp', '127.0.0.1', FIRST],
        ['tcp', '127.0.0.1', FIRST + 5000],
        ['tcp', '::1', FIRST + 5000],
        ['tcp', '::1', LAST],
      ),
      [`tcp ${FIRST} hi`, `tcp ${FIRST + 5000} hi`, `tcp ${FIRST + 5000} hi`, `tcp ${LAST} hi`],
    );
  await check();
  await engine().end('SIGKILL');
  assert.deepEqual(await ask(here(), ['tcp', '127.0.0.1', LAST]), [`tcp ${LAST} hi`]);
  await engine().start();
  await check();
  assert.equal(await bind('0.0.0.0', FIRST + 77), 'EADDRINUSE');
  await docker(engine(), ['rm', '-f', 'wide']);
  assert.equal(await bind('0.0.0.0', FIRST + 77), '');
});

it('a range of udp, one with other numbers inside, and a choice of a range', async () => {
  await run('udp', '20000-20999:20000-20999/udp', '30000-30999:5000-5999', '8000-8002:80', '8000-8002:81');
  await using _server = await serve(engine(), 'udp', { tcp: [5000, 5999, 80, 81], udp: [20_000, 20_999] });
  assert.deepEqual(
    await ask(
      here(),
      ['udp', '127.0.0.1', 20_000],
      ['udp', '::1', 20_999],
      ['tcp', '127.0.0.1', 30_000],
      ['tcp', '127.0.0.1', 30_999],
      ['tcp', '::1', 30_999],
      ['tcp', '127.0.0.1', 8000],
      ['tcp', '127.0.0.1', 8001],
      ['tcp', '127.0.0.1', 8002],
    ),
    [
      'udp 20000 hi',
      'udp 20999 hi',
      'tcp 5000 hi',
      'tcp 5999 hi',
      'tcp 5999 hi',
      'tcp 80 hi',
      'tcp 81 hi',
      'ECONNREFUSED',
    ],
  );
  const listed = await docker(engine(), ['ps', '--format', '{{.Ports}}', '--filter', 'publish=20500/udp']);
  assert.match(listed, /0\.0\.0\.0:20000-20999->20000-20999\/udp/);
  assert.match(listed, /\[::\]:30999->5999\/tcp/);
});

it('a range in which a program of the host has a port is refused whole', async () => {
  const release = await occupy(25_005);
  const refused = await engine().docker(['run', '--rm', '-p', '25000-25009:25000-25009', 'busybox']);
  assert.match(
    refused.stderr,
    /failed to bind host port for (0\.0\.0\.0|\[::\]):25005:172\.17\.0\.2:25005\/tcp: address already in use/,
  );
  assert.equal(await bind('0.0.0.0', 25_004), '');
  release();
});
