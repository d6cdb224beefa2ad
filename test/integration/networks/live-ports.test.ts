// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { afterEach, it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';
import { ask, serve, talk } from './port-peers.ts';

type Bindings = Readonly<Record<string, readonly { readonly HostIp?: string; readonly HostPort: string }[]>>;

const engine = useEngine({ flags: ['--live-restore'] });
const here = (): string => engine().netns.path;

const run = async (name: string, ...flags: readonly string[]): Promise<string> =>
  docker(engine(), [
    'run',
    '-d',
    '--name',
    name,
    '--stop-timeout',
    '0',
    ...flags,
    'busybox',
    'sleep',
    '3600',
  ]);

const update = async (
  name: string,
  PortBindings: Bindings | undefined,
  more: object = {},
): Promise<{
  readonly status: number;
  readonly text: string;
  readonly warnings: readonly string[] | null;
}> => {
  const answer = await engine().request('POST', `/containers/${name}/update`, {
    body: { ...(PortBindings && { PortBindings }), ...more },
  });
  const { Warnings, message } = answer.json as { Warnings?: string[] | null; message?: string };
  return { status: answer.status, text: message ?? '', warnings: Warnings ?? null };
};

const at = (...ports: readonly number[]) => ports.map((port) => ({ HostPort: `${port}` }));

const shown = async (name: string): Promise<{ readonly wanted: Bindings; readonly ports: Bindings }> => {
  const text = await docker(engine(), ['inspect', name]);
  const [{ HostConfig, NetworkSettings }] = JSON.parse(text) as [
    { HostConfig: { PortBindings: Bindings }; NetworkSettings: { Ports: Bindings } },
  ];
  return { wanted: HostConfig.PortBindings, ports: NetworkSettings.Ports };
};

afterEach(async () => {
  const ids = await docker(engine(), ['ps', '-aq']);
  if (ids !== '') await docker(engine(), ['rm', '-f', ...ids.split('\n')]);
});

it('a running container gets ports and loses some, at once and for all to see, and those that stay are not touched', async () => {
  const since = `${Date.now() / 1000}`;
  await run('live', '-p', '8080:80', '-p', '8082:82');
  await using _server = await serve(engine(), 'live', { tcp: [80, 81, 82], udp: [53] });
  await using four = await talk(here(), '127.0.0.1', 8080);
  await using six = await talk(here(), '::1', 8080);
  assert.equal(await four.say('a'), 'tcp 80 a');
  assert.equal(await six.say('a'), 'tcp 80 a');

  const wanted = { '80/tcp': at(8080), '81/tcp': at(8081), '53/udp': at(5353) };
  assert.deepEqual(await update('live', wanted), { status: 200, text: '', warnings: null });
  assert.deepEqual(
    await ask(
      here(),
      ['tcp', '127.0.0.1', 8080],
      ['tcp', '127.0.0.1', 8081],
      ['tcp', '::1', 8081],
      ['udp', '127.0.0.1', 5353],
      ['udp', '::1', 5353],
      ['tcp', '127.0.0.1', 8082],
      ['tcp', '::1', 8082],
    ),
    ['tcp 80 hi', 'tcp 81 hi', 'tcp 81 hi', 'udp 53 hi', 'udp 53 hi', 'ECONNREFUSED', 'ECONNREFUSED'],
  );
  assert.equal(await four.say('b'), 'tcp 80 b');
  assert.equal(await six.say('b'), 'tcp 80 b');

  const { wanted: asked, ports } = await shown('live');
  assert.deepEqual(Object.keys(asked).toSorted(), ['53/udp', '80/tcp', '81/tcp']);
  assert.deepEqual(ports['81/tcp'], [
    { HostIp: '0.0.0.0', HostPort: '8081' },
    { HostIp: '::', HostPort: '8081' },
  ]);
  assert.equal(ports['82/tcp'], null);
  assert.equal(await docker(engine(), ['port', 'live', '53/udp']), '0.0.0.0:5353\n[::]:5353');
  assert.match(await docker(engine(), ['ps', '--format', '{{.Ports}}']), /0\.0\.0\.0:8081->81\/tcp/);
  assert.equal(await docker(engine(), ['ps', '-q', '--filter', 'publish=8082']), '');
  const events = await docker(engine(), [
    'events',
    '--since',
    since,
    '--until',
    `${Date.now() / 1000}`,
    '--filter',
    'event=update',
    '--format',
    '{{.Action}} {{.Actor.Attributes.name}}',
  ]);
  assert.equal(events, 'update live');

  assert.equal((await update('live', undefined, { CpuShares: 512 })).status, 200);
  assert.deepEqual(Object.keys((await shown('live')).wanted).length, 3);
  assert.equal((await update('live', {})).status, 200);
  assert.deepEqual(
    await ask(here(), ['tcp', '127.0.0.1', 8080], ['tcp', '::1', 8081], ['udp', '127.0.0.1', 5353]),
    ['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED'],
  );
  assert.deepEqual((await shown('live')).wanted, {});
});

it('a port that is not to be had leaves everything as it was', async () => {
  await run('one', '-p', '8080:80', '-p', '8090-8099:90-99');
  await run('two', '-p', '9000:80');
  await using _server = await serve(engine(), 'one', { tcp: [80, 81, 90, 95, 99] });
  const before = await shown('one');
  const { Id } = JSON.parse(await docker(engine(), ['inspect', '-f', '{{json .}}', 'one'])) as { Id: string };
  const taken = await update('one', { '81/tcp': at(8081), '82/tcp': at(9000), '95/tcp': at(8095) });
  assert.equal(taken.status, 500);
  assert.match(
    taken.text,
    new RegExp(
      `^Cannot update container ${Id}: driver failed programming external connectivity on endpoint one \\([0-9a-f]{64}\\): ` +
        'Bind for 0\\.0\\.0\\.0:9000 failed: port is already allocated$',
    ),
  );
  const check = async (): Promise<void> => {
    assert.deepEqual(await shown('one'), before);
    assert.deepEqual(
      await ask(
        here(),
        ['tcp', '127.0.0.1', 8080],
        ['tcp', '127.0.0.1', 8090],
        ['tcp', '::1', 8095],
        ['tcp', '127.0.0.1', 8099],
        ['tcp', '127.0.0.1', 8081],
      ),
      ['tcp 80 hi', 'tcp 90 hi', 'tcp 95 hi', 'tcp 99 hi', 'ECONNREFUSED'],
    );
  };
  await check();
  const foreign = engine().netns.enter(['busybox', 'nc', '-l', '-p', '9100']);
  const holder = spawn(foreign[0] ?? '', foreign.slice(1), { stdio: 'ignore' });
  while (!(await engine().netns.run(['ss', '-ltn'])).stdout.includes(':9100')) continue;
  const inUse = await update('one', { '80/tcp': at(8080), '82/tcp': at(9100) });
  assert.equal(inUse.status, 500);
  assert.match(
    inUse.text,
    /failed to bind host port for (0\.0\.0\.0|\[::\]):9100:172\.17\.0\.2:82\/tcp: address already in use$/,
  );
  holder.kill();
  await check();
  // What goes makes room for what comes, whoever had it.
  const moved = {
    '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }],
    '81/tcp': at(8090),
    '95/tcp': at(8095),
  };
  assert.equal((await update('one', moved)).status, 200);
  assert.deepEqual(
    await ask(
      here(),
      ['tcp', '127.0.0.1', 8080],
      ['tcp', '127.0.0.1', 8090],
      ['tcp', '127.0.0.1', 8095],
      ['tcp', '127.0.0.1', 8096],
      ['tcp', '::1', 8080],
    ),
    ['tcp 80 hi', 'tcp 81 hi', 'tcp 95 hi', 'ECONNREFUSED', 'ECONNREFUSED'],
  );
});

it('live ports outlive kill -9 of the daemon and a restart of the container', async () => {
  await run('kept', '-p', '8080:80');
  assert.equal((await update('kept', { '80/tcp': at(8180), '81/tcp': [{ HostPort: '' }] })).status, 200);
  const before = await shown('kept');
  {
    await using _server = await serve(engine(), 'kept', { tcp: [80, 81] });
    await using open = await talk(here(), '127.0.0.1', 8180);
    assert.equal(await open.say('a'), 'tcp 80 a');
    await engine().end('SIGKILL');
    assert.equal(await open.say('b'), 'tcp 80 b');
    assert.deepEqual(await ask(here(), ['tcp', '127.0.0.1', 8180]), ['tcp 80 hi']);
    await engine().start();
    assert.equal(await open.say('c'), 'tcp 80 c');
    assert.deepEqual(await ask(here(), ['tcp', '127.0.0.1', 8180], ['tcp', '::1', 8180]), [
      'tcp 80 hi',
      'tcp 80 hi',
    ]);
    assert.deepEqual(await shown('kept'), before);
    assert.equal((await update('kept', { '80/tcp': at(8280) })).status, 200);
    assert.deepEqual(await ask(here(), ['tcp', '127.0.0.1', 8280], ['tcp', '::1', 8180]), [
      'tcp 80 hi',
      'ECONNREFUSED',
    ]);
  }
  await docker(engine(), ['restart', '-t', '0', 'kept']);
  await using _again = await serve(engine(), 'kept', { tcp: [80] });
  assert.deepEqual(await ask(here(), ['tcp', '127.0.0.1', 8280], ['tcp', '127.0.0.1', 8080]), [
    'tcp 80 hi',
    'ECONNREFUSED',
  ]);
});

it('ports of a stopped container are for its next start', async () => {
  await docker(engine(), ['create', '--name', 'stopped', 'busybox', 'sleep', '3600']);
  assert.equal((await update('stopped', { '80/tcp': at(8080) })).status, 200);
  assert.deepEqual((await shown('stopped')).ports, {});
  await docker(engine(), ['start', 'stopped']);
  assert.equal(await docker(engine(), ['port', 'stopped', '80']), '0.0.0.0:8080\n[::]:8080');
});

it('bad ports and networks without ports of their own are answered as create answers', async () => {
  await run('plain');
  assert.deepEqual(await update('plain', { '80/tcp': [{ HostPort: 'foo' }] }), {
    status: 400,
    text: 'invalid port specification: "foo"',
    warnings: null,
  });
  assert.equal((await update('plain', { 'x/tcp': at(1) })).status, 400);
  assert.deepEqual(await update('nobody', { '80/tcp': at(80) }), {
    status: 404,
    text: 'No such container: nobody',
    warnings: null,
  });
  await run('host', '--network', 'host');
  assert.deepEqual((await update('host', { '80/tcp': at(80) })).warnings, [
    'Published ports are discarded when using host network mode',
  ]);
  await run('joined', '--network', 'container:plain');
  const joined = await update('joined', { '80/tcp': at(80) });
  assert.equal(joined.status, 400);
  assert.match(joined.text, /conflicting options: port publishing and the container type network mode$/);
});

it('updates at once, and beside starts and stops, end in what one of them asked for', async () => {
  await run('busy', '-p', '8080:80');
  const ports = [8101, 8102, 8103, 8104, 8105, 8106];
  const answers = await Promise.all([
    ...ports.map(async (port) => (await update('busy', { '80/tcp': at(port) })).status),
    engine()
      .docker(['restart', '-t', '0', 'busy'])
      .then(({ code }) => code),
    engine()
      .docker(['stop', '-t', '0', 'busy'])
      .then(({ code }) => code),
  ]);
  assert.deepEqual(answers, [...ports.map(() => 200), 0, 0]);
  await docker(engine(), ['start', 'busy']);
  const { wanted, ports: published } = await shown('busy');
  const port = wanted['80/tcp']?.[0]?.HostPort ?? '';
  assert.ok(ports.includes(Number(port)));
  assert.deepEqual(
    published['80/tcp']?.map(({ HostPort }) => HostPort),
    [port, port],
  );
  await using _server = await serve(engine(), 'busy', { tcp: [80] });
  assert.deepEqual(
    await ask(here(), ...ports.map((each) => ['tcp', '127.0.0.1', each] as const)),
    ports.map((each) => (`${each}` === port ? 'tcp 80 hi' : 'ECONNREFUSED')),
  );
});
