// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { createNetlink } from '../../../src/adapters/netlink/index.ts';
import { createNftables } from '../../../src/adapters/nftables/index.ts';
import { isKind } from '../../../src/base/errors.ts';
import { type ContainerId, randomId } from '../../../src/base/ids.ts';
import type { PublishRequest, Sandbox, SandboxRequest } from '../../../src/domain/networks/index.ts';
import type { Protocol } from '../../../src/spec/port.ts';
import { askFrom, askTcp, askUdp, startServer } from './peers.ts';
import { HOST_ADDRESS, OUTSIDE_ADDRESS, enterPrivateHost } from './private-host.ts';

const host = enterPrivateHost();
after(() => host[Symbol.dispose]());

const request = (changes: Partial<SandboxRequest> = {}): SandboxRequest => ({
  container: randomId<ContainerId>(),
  containerName: 'web',
  hostname: 'web',
  domainname: '',
  networkMode: 'bridge',
  endpoints: {},
  publish: [],
  ...changes,
});
const port = (
  number: number,
  host: number,
  protocol: Protocol = 'tcp',
  hostAddress = '',
): PublishRequest => ({
  port: { number, protocol },
  hostAddress,
  hostPorts: [host, host],
});
const veths = (): readonly string[] => {
  using here = createNetlink().connect();
  return here
    .links()
    .filter(({ name }) => name.startsWith('veth'))
    .map(({ name }) => name);
};
const elements = (): readonly string[] => {
  using nftables = createNftables();
  return ['published', 'published_at'].flatMap((map) =>
    nftables.elements('berth-docker0', map).map(({ key, value }) => `${key} : ${value}`),
  );
};
const pathOf = ({ namespacePath }: Sandbox): string => namespacePath ?? assert.fail('no namespace');
const eventually = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 100 && !holds(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(holds());
};

test('a published port is reached from outside, from the host, by IPv6 and from the container itself', async () => {
  await using room = await host.start();
  const publish = [port(80, 8080), port(53, 5353, 'udp'), port(80, 8081, 'tcp', '127.0.0.1')];
  await using sandbox = await room.createSandbox(request({ publish }));
  const address = sandbox.endpoints[0]?.ipv4Address ?? '';
  assert.equal(address, '172.17.0.2');
  await using _server = await startServer(pathOf(sandbox));
  assert.equal(await askFrom(host.outside, HOST_ADDRESS, 8080), `hello ${OUTSIDE_ADDRESS}`);
  assert.equal(await askTcp(HOST_ADDRESS, 8080), `hello ${HOST_ADDRESS}`);
  assert.equal(await askTcp('127.0.0.1', 8080), 'hello 172.17.0.1');
  assert.equal(await askTcp('::1', 8080), 'hello 172.17.0.1');
  assert.equal(await askTcp('127.0.0.1', 8081), 'hello 172.17.0.1');
  assert.equal(await askUdp('127.0.0.1', 5353), 'echo ping');
  assert.equal(await askUdp('::1', 5353), 'echo ping');
  assert.equal(await askFrom(pathOf(sandbox), HOST_ADDRESS, 8080), 'hello 172.17.0.1');
  assert.equal(await askFrom(pathOf(sandbox), '172.17.0.1', 8080), 'hello 172.17.0.1');
  // What is bound to the loopback address, or not published, is not reached from outside.
  assert.equal(await askFrom(host.outside, HOST_ADDRESS, 8081), '');
  assert.equal(await askFrom(host.outside, address, 80), '');
  await using other = await room.createSandbox(request());
  assert.equal(await askFrom(pathOf(other), address, 80), 'hello 172.17.0.3');
  assert.equal(await askFrom(pathOf(other), HOST_ADDRESS, 8080), 'hello 172.17.0.1');
  assert.deepEqual(sandbox.ports, [
    {
      port: { number: 80, protocol: 'tcp' },
      bindings: [
        { address: '0.0.0.0', port: 8080 },
        { address: '::', port: 8080 },
        { address: '127.0.0.1', port: 8081 },
      ],
    },
    {
      port: { number: 53, protocol: 'udp' },
      bindings: [
        { address: '0.0.0.0', port: 5353 },
        { address: '::', port: 5353 },
      ],
    },
  ]);
});

test('containers do not reach each other when icc is off, and still reach the host and outside', async () => {
  await using room = await host.start({ icc: false });
  await using one = await room.createSandbox(request({ publish: [port(80, 8080)] }));
  await using other = await room.createSandbox(request());
  await using _server = await startServer(pathOf(one));
  await using _outside = await startServer(host.outside);
  assert.equal(await askFrom(pathOf(other), one.endpoints[0]?.ipv4Address ?? '', 80), '');
  assert.equal(await askFrom(pathOf(other), OUTSIDE_ADDRESS, 80), `hello ${HOST_ADDRESS}`);
  assert.equal(await askTcp(HOST_ADDRESS, 8080), `hello ${HOST_ADDRESS}`);
  // Published ports are for all: for neighbours, and for the container itself.
  assert.equal(await askFrom(pathOf(other), HOST_ADDRESS, 8080), 'hello 172.17.0.1');
  assert.equal(await askFrom(pathOf(one), HOST_ADDRESS, 8080), 'hello 172.17.0.1');
});

test('without a firewall the engine forwards by itself', async () => {
  await using room = await host.start({ firewall: false });
  await using sandbox = await room.createSandbox(
    request({ publish: [port(80, 8080), port(53, 5353, 'udp')] }),
  );
  await using _server = await startServer(pathOf(sandbox));
  assert.equal(await askFrom(host.outside, HOST_ADDRESS, 8080), 'hello 172.17.0.1');
  assert.equal(await askUdp('127.0.0.1', 5353), 'echo ping');
});

test("a taken port fails in Docker's words, and nothing is left of the sandbox", async () => {
  await using room = await host.start();
  const foreign = createServer().listen(8090, '0.0.0.0');
  await once(foreign, 'listening');
  const failed = async (publish: PublishRequest, words: RegExp): Promise<void> =>
    assert.rejects(
      room.createSandbox(request({ publish: [publish] })),
      (error) => isKind(error, 'internal') && words.test(error.message),
    );
  const prefix =
    'failed to set up container networking: driver failed programming external connectivity on endpoint web';
  await failed(
    port(80, 8090),
    new RegExp(
      `^${prefix} \\([0-9a-f]{64}\\): failed to bind host port for 0.0.0.0:8090:172.17.0.2:80/tcp: address already in use$`,
    ),
  );
  await failed(
    port(80, 8091, 'tcp', '203.0.113.9'),
    /203.0.113.9:8091:172.17.0.2:80\/tcp: cannot assign requested address$/,
  );
  {
    await using _first = await room.createSandbox(request({ publish: [port(80, 8092)] }));
    await failed(port(81, 8092), /: Bind for 0.0.0.0:8092 failed: port is already allocated$/);
  }
  foreign.close();
  assert.deepEqual(elements(), []);
  await eventually(() => veths().length === 0);
});

test('ephemeral ports follow each other and addresses are reused at once', async () => {
  await using room = await host.start();
  const publish = [{ port: { number: 80, protocol: 'tcp' }, hostAddress: '', hostPorts: [0, 0] }] as const;
  const first = await room.createSandbox(request({ publish }));
  const one = first.ports[0]?.bindings[0]?.port ?? 0;
  assert.ok(one >= 1024);
  assert.deepEqual(
    first.ports[0]?.bindings.map(({ address }) => address),
    ['0.0.0.0', '::'],
  );
  await first[Symbol.asyncDispose]();
  await using second = await room.createSandbox(request({ publish }));
  assert.equal(second.ports[0]?.bindings[0]?.port, one + 1);
  assert.equal(second.endpoints[0]?.ipv4Address, '172.17.0.2');
  await using _server = await startServer(pathOf(second));
  assert.equal(await askTcp('127.0.0.1', one + 1), 'hello 172.17.0.1');
});

test('a later daemon adopts what lives, with its ports, and sweeps away the rest', async () => {
  const kept = request({ publish: [port(80, 8080)] });
  {
    await using room = await host.start();
    await room.createSandbox(kept);
    await room.createSandbox(request({ publish: [port(80, 8081)] }));
    await room.createSandbox(request());
  }
  assert.equal(elements().length, 2);
  await using room = await host.start();
  const ids = room.list({ filters: {} }).map(({ id }) => id);
  const adopted = await room.adoptSandbox(kept.container);
  assert.ok(adopted);
  assert.equal(await room.sweep((container) => container === kept.container), 2);
  assert.deepEqual(elements(), ['tcp . 8080 : 172.17.0.2 . 80']);
  assert.deepEqual(adopted.ports[0]?.bindings.length, 2);
  await eventually(() => veths().length === 1);
  await using _server = await startServer(pathOf(adopted));
  assert.equal(await askTcp(HOST_ADDRESS, 8080), `hello ${HOST_ADDRESS}`);
  assert.equal(await askTcp('::1', 8080), 'hello 172.17.0.1');
  await using fresh = await room.createSandbox(request());
  assert.equal(fresh.endpoints[0]?.ipv4Address, '172.17.0.3');
  await adopted[Symbol.asyncDispose]();
  assert.equal(await room.adoptSandbox(kept.container), undefined);
  assert.deepEqual(elements(), []);
  assert.deepEqual(
    room.list({ filters: {} }).map(({ id }) => id),
    ids,
  );
});

test('host and none have an endpoint without an address; none has a namespace of its own', async () => {
  await using room = await host.start();
  host.events.length = 0;
  {
    await using onHost = await room.createSandbox(request({ networkMode: 'host' }));
    await using alone = await room.createSandbox(request({ networkMode: 'none', publish: [port(80, 8080)] }));
    assert.equal(onHost.namespacePath, undefined);
    assert.deepEqual(alone.ports, []);
    assert.deepEqual(
      [onHost, alone].map(({ endpoints }) => endpoints[0]?.ipv4Address),
      ['', ''],
    );
    assert.match(await askFrom(pathOf(alone), '127.0.0.1', 80), /^$/);
  }
  assert.deepEqual(
    host.events.map(({ action, attributes }) => `${action} ${attributes['name']} ${attributes['type']}`),
    ['connect host host', 'connect none null', 'disconnect none null', 'disconnect host host'],
  );
});

test('a client that goes on sending datagrams reaches the next container, and no other one', async () => {
  await using room = await host.start();
  await using _first = await room.createSandbox(request());
  const publish = [port(53, 5353, 'udp')];
  const before = await room.createSandbox(request({ publish }));
  const client = createSocket('udp4');
  const ask = async (): Promise<string> => {
    client.send('ping', 5353, HOST_ADDRESS);
    const [answer] = (await once(client, 'message', { signal: AbortSignal.timeout(1000) })) as [Buffer];
    return answer.toString();
  };
  try {
    {
      await using _server = await startServer(pathOf(before));
      assert.equal(await ask(), 'echo ping');
    }
    await before[Symbol.asyncDispose]();
    await using _stranger = await room.createSandbox(request());
    await using after = await room.createSandbox(request({ publish }));
    assert.equal(after.endpoints[0]?.ipv4Address, '172.17.0.4');
    await using _next = await startServer(pathOf(after));
    assert.equal(await ask(), 'echo ping');
  } finally {
    client.close();
  }
});

test('a second engine on a bridge of its own leaves the first one alone', async () => {
  {
    using here = createNetlink().connect();
    here.createBridge({ name: 'second0' });
  }
  await using first = await host.start();
  await using one = await first.createSandbox(request({ publish: [port(80, 8080)] }));
  const second = await host.start({ bridge: 'second0' });
  const other = await second.createSandbox(request({ publish: [port(80, 8081)] }));
  assert.equal(other.endpoints[0]?.ipv4Address, '172.18.0.2');
  await using _server = await startServer(pathOf(one));
  await using _otherServer = await startServer(pathOf(other));
  assert.equal(await askFrom(host.outside, HOST_ADDRESS, 8080), `hello ${OUTSIDE_ADDRESS}`);
  assert.equal(await askFrom(host.outside, HOST_ADDRESS, 8081), `hello ${OUTSIDE_ADDRESS}`);
  // Two bridges do not know each other's containers.
  assert.equal(await askFrom(pathOf(other), one.endpoints[0]?.ipv4Address ?? '', 80), '');
  await other[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  assert.equal(await askFrom(host.outside, HOST_ADDRESS, 8080), `hello ${OUTSIDE_ADDRESS}`);
});

test('a sandbox takes a few milliseconds', async (context) => {
  await using room = await host.start();
  const times: number[] = [];
  const releases: number[] = [];
  for (let run = 0; run < 20; run += 1) {
    const start = performance.now();
    const sandbox = await room.createSandbox(request({ publish: run % 2 === 0 ? [] : [port(80, 8080)] }));
    times.push(performance.now() - start);
    const end = performance.now();
    await sandbox[Symbol.asyncDispose]();
    releases.push(performance.now() - end);
  }
  const median = (values: readonly number[]): string =>
    (values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0).toFixed(2);
  const published = times.filter((_, run) => run % 2 === 1);
  context.diagnostic(
    `sandbox: ${median(times.filter((_, run) => run % 2 === 0))} ms, with a published port: ${median(published)} ms, release: ${median(releases)} ms`,
  );
});
