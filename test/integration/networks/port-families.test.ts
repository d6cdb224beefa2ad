// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { afterEach, it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';
import { ask, serve } from './port-peers.ts';

/** An address of the host that is no loopback address: what is sent there is translated. */
const HOST6 = '2001:db8::1';
const HOST4 = '198.51.100.1';

const engine = useEngine({}, async (started) => {
  for (const address of [`${HOST6}/128`, `${HOST4}/32`])
    await started.netns.run(['ip', 'addr', 'add', address, 'dev', 'lo']);
  await docker(started, ['network', 'create', '--ipv6', '--subnet', 'fd00:1::/64', 'six']);
  await docker(started, [
    'network',
    'create',
    '-o',
    `com.docker.network.bridge.host_binding_ipv4=${HOST4}`,
    'bound',
  ]);
});
const here = (): string => engine().netns.path;

afterEach(async () => {
  const ids = await docker(engine(), ['ps', '-aq']);
  if (ids !== '') await docker(engine(), ['rm', '-f', ...ids.split('\n')]);
});

const run = async (name: string, ...flags: readonly string[]): Promise<string> =>
  docker(engine(), ['run', '-d', '--name', name, ...flags, 'busybox', 'sleep', '3600']);

const portsOf = async (name: string): Promise<unknown> =>
  JSON.parse(await docker(engine(), ['inspect', '-f', '{{json .NetworkSettings.Ports}}', name]));

it('a port is reached by both families under one number, and shown as Docker shows it', async () => {
  await run('plain', '-p', '8080:80', '-p', '5353:53/udp', '--expose', '99');
  assert.deepEqual(await portsOf('plain'), {
    '53/udp': [
      { HostIp: '0.0.0.0', HostPort: '5353' },
      { HostIp: '::', HostPort: '5353' },
    ],
    '80/tcp': [
      { HostIp: '0.0.0.0', HostPort: '8080' },
      { HostIp: '::', HostPort: '8080' },
    ],
    '99/tcp': null,
  });
  assert.equal(
    await docker(engine(), ['port', 'plain']),
    '53/udp -> 0.0.0.0:5353\n53/udp -> [::]:5353\n80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080',
  );
  await using _server = await serve(engine(), 'plain', { tcp: [80], udp: [53] });
  assert.deepEqual(
    await ask(
      here(),
      ...[HOST4, HOST6, '127.0.0.1', '::1'].flatMap((host) => [
        ['tcp', host, 8080] as const,
        ['udp', host, 5353] as const,
      ]),
    ),
    Array.from({ length: 4 }, () => ['tcp 80 hi', 'udp 53 hi']).flat(),
  );
});

it('where a container has an IPv6 address packets are translated, and only ::1 is passed on by the engine', async () => {
  await run('six', '--network', 'six', '-p', '8080:80', '-p', '5353:53/udp', '-p', '7000-7099:7000-7099');
  const rules = (await engine().netns.run(['nft', 'list', 'ruleset'])).stdout;
  assert.match(rules, /tcp \. 8080 : fd00:1::2 \. 80/);
  assert.match(rules, /tcp \. 7000-7099 : fd00:1::2/);
  await using _server = await serve(engine(), 'six', { tcp: [80, 7050], udp: [53] });
  assert.deepEqual(
    await ask(
      here(),
      ['tcp', HOST6, 8080],
      ['tcp', HOST6, 7050],
      ['udp', HOST6, 5353],
      ['tcp', '::1', 8080],
      ['udp', '::1', 5353],
      ['tcp', HOST4, 8080],
      ['tcp', HOST4, 7050],
    ),
    ['tcp 80 hi', 'tcp 7050 hi', 'udp 53 hi', 'tcp 80 hi', 'udp 53 hi', 'tcp 80 hi', 'tcp 7050 hi'],
  );
  // A neighbour, and the container itself, by the host's address.
  await run('peer', '--network', 'six');
  for (const name of ['peer', 'six']) {
    const pid = await docker(engine(), ['inspect', '-f', '{{.State.Pid}}', name]);
    assert.deepEqual(await ask(`/proc/${pid}/ns/net`, ['tcp', HOST6, 8080], ['tcp', HOST4, 8080]), [
      'tcp 80 hi',
      'tcp 80 hi',
    ]);
  }
});

it('an address of the host that is asked for is the only one, of either family', async () => {
  await run('narrow', '-p', `${HOST4}:8080:80`, '-p', `[${HOST6}]:8081:80`, '-p', '[::1]:8082:80');
  assert.deepEqual(await portsOf('narrow'), {
    '80/tcp': [
      { HostIp: HOST4, HostPort: '8080' },
      { HostIp: HOST6, HostPort: '8081' },
      { HostIp: '::1', HostPort: '8082' },
    ],
  });
  await using _server = await serve(engine(), 'narrow', { tcp: [80] });
  assert.deepEqual(
    await ask(
      here(),
      ['tcp', HOST4, 8080],
      ['tcp', '127.0.0.1', 8080],
      ['tcp', HOST6, 8081],
      ['tcp', '::1', 8081],
      ['tcp', '::1', 8082],
    ),
    ['tcp 80 hi', 'ECONNREFUSED', 'tcp 80 hi', 'ECONNREFUSED', 'tcp 80 hi'],
  );
  const foreign = await engine().docker(['run', '--rm', '-p', '203.0.113.9:8090:80', 'busybox']);
  assert.match(
    foreign.stderr,
    /failed to bind host port for 203\.0\.113\.9:8090:172\.17\.0\.\d+:80\/tcp: cannot assign requested address/,
  );
});

it("a network's own host address takes the place of all addresses", async () => {
  await run('bound', '--network', 'bound', '-p', '8080:80');
  assert.deepEqual(await portsOf('bound'), { '80/tcp': [{ HostIp: HOST4, HostPort: '8080' }] });
  await using _server = await serve(engine(), 'bound', { tcp: [80] });
  assert.deepEqual(
    await ask(here(), ['tcp', HOST4, 8080], ['tcp', '127.0.0.1', 8080], ['tcp', '::1', 8080]),
    ['tcp 80 hi', 'ECONNREFUSED', 'ECONNREFUSED'],
  );
});

it('one host port leads to one container, and to another one by another protocol or address', async () => {
  await run('first', '-p', `${HOST4}:8080:80`);
  await run('second', '-p', '127.0.0.1:8080:80', '-p', '8080:80/udp');
  const refused = await engine().docker(['run', '--rm', '-p', '8080:80', 'busybox']);
  assert.match(
    refused.stderr,
    /Bind for (?:127\.0\.0\.1|198\.51\.100\.1):8080 failed: port is already allocated/,
  );
  const sctp = await engine().docker(['run', '--rm', '-p', '132:132/sctp', 'busybox', 'true']);
  // A kernel without the protocol says so.
  if (sctp.code !== 0)
    assert.match(
      sctp.stderr,
      /failed to bind host port for 0\.0\.0\.0:132:172\.17\.0\.\d+:132\/sctp: protocol not supported/,
    );
});

it('ports of a container that is reached at its own address take none of the host', async () => {
  await docker(engine(), [
    'network',
    'create',
    '--ipv6',
    '--subnet',
    'fd00:2::/64',
    '--subnet',
    '10.44.0.0/24',
    '-o',
    'com.docker.network.bridge.gateway_mode_ipv4=routed',
    'routed',
  ]);
  await run('routed', '--network', 'routed', '-p', '8080:80');
  assert.deepEqual(await portsOf('routed'), {
    '80/tcp': [
      { HostIp: '0.0.0.0', HostPort: '' },
      { HostIp: '::', HostPort: '8080' },
    ],
  });
  const { json } = await engine().request('GET', '/containers/json');
  const [{ Ports }] = json as [{ Ports: object[] }];
  assert.deepEqual(Ports, [
    { IP: '0.0.0.0', PrivatePort: 80, Type: 'tcp' },
    { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
  ]);
  await using _server = await serve(engine(), 'routed', { tcp: [80] });
  assert.deepEqual(
    await ask(here(), ['tcp', '10.44.0.2', 80], ['tcp', HOST6, 8080], ['tcp', '127.0.0.1', 8080]),
    ['tcp 80 hi', 'tcp 80 hi', 'ECONNREFUSED'],
  );
});
