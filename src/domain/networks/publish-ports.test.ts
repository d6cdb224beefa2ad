// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeHostPorts } from '../../adapters/host-ports/fake.ts';
import type { PublishRequest } from './networks.ts';
import { PortTable } from './port-table.ts';
import { compactPorts } from './compact-ports.ts';
import { type PublishDeps, publishPorts } from './publish-ports.ts';

const setUp = (changes: Partial<PublishDeps> = {}, taken: readonly string[] = []) => {
  const hostPorts = createFakeHostPorts(new Set(taken));
  const deps: PublishDeps = {
    hostPorts,
    table: new PortTable(),
    ephemeralRange: () => [32_768, 32_770],
    defaultHostAddress: '',
    proxy: true,
    ...changes,
  };
  return { deps, hostPorts };
};

const request = (
  container: number,
  hostPorts: readonly [number, number] = [0, 0],
  hostAddress = '',
): PublishRequest => ({ port: { number: container, protocol: 'tcp' }, hostAddress, hostPorts });

const TARGET = { ipv4: '172.17.0.2', ipv6: '' };

const publish = async (
  deps: PublishDeps,
  ...requests: readonly PublishRequest[]
): Promise<readonly string[]> =>
  (await publishPorts(deps, requests, TARGET)).flatMap(({ published }) =>
    published.bindings.map(({ address, port }) => `${published.port.number}=${address} ${port}`),
  );

test('a port without an address is published at both families under the same number', async () => {
  const { deps, hostPorts } = setUp();
  assert.deepEqual(await publish(deps, request(80, [8080, 8080])), ['80=0.0.0.0 8080', '80=:: 8080']);
  assert.deepEqual(
    [...hostPorts.held],
    [
      ['tcp 0.0.0.0 8080', { address: '172.17.0.2', port: 80 }],
      ['tcp :: 8080', { address: '172.17.0.2', port: 80 }],
    ],
  );
});

test('without a proxy or without IPv6 there is no binding that nothing would serve', async () => {
  assert.deepEqual(await publish(setUp({ proxy: false }).deps, request(80, [8080, 8080])), [
    '80=0.0.0.0 8080',
  ]);
  const hostPorts = createFakeHostPorts(new Set(), false);
  assert.deepEqual(await publish(setUp({ hostPorts }).deps, request(80, [8080, 8080])), ['80=0.0.0.0 8080']);
});

test('what reaches the host itself is forwarded whatever the family, unless there is to be no proxy', async () => {
  const { deps, hostPorts } = setUp();
  await publish(deps, request(80, [8080, 8080], '127.0.0.1'));
  assert.deepEqual(hostPorts.held.get('tcp 127.0.0.1 8080'), { address: '172.17.0.2', port: 80 });
  const without = setUp({ proxy: false });
  await publish(without.deps, request(80, [8080, 8080]));
  assert.deepEqual([...without.hostPorts.held], [['tcp 0.0.0.0 8080', undefined]]);
});

test("the daemon's own host address takes the place of all addresses", async () => {
  const { deps } = setUp({ defaultHostAddress: '127.0.0.1' });
  assert.deepEqual(await publish(deps, request(80, [8080, 8080])), ['80=127.0.0.1 8080']);
});

test('ephemeral ports go on from the last one, and pass over those of others', async () => {
  const { deps } = setUp({ proxy: false }, ['tcp 0.0.0.0 32769']);
  assert.deepEqual(await publish(deps, request(80)), ['80=0.0.0.0 32768']);
  assert.deepEqual(await publish(deps, request(81)), ['81=0.0.0.0 32770']);
  await assert.rejects(publish(deps, request(82)), /^EngineError: all ports are allocated/);
});

test('ports that leave no choice are taken before ranges and ephemeral ones', async () => {
  const { deps } = setUp({ proxy: false });
  assert.deepEqual(
    (
      await publish(deps, request(80), request(81, [32_768, 32_769]), request(82, [32_768, 32_768]))
    ).toSorted(),
    ['80=0.0.0.0 32770', '81=0.0.0.0 32769', '82=0.0.0.0 32768'].toSorted((one, other) =>
      one.localeCompare(other),
    ),
  );
});

test('a port of another container is allocated already, and nothing is kept of what failed', async () => {
  const { deps, hostPorts } = setUp();
  await publish(deps, request(80, [8080, 8080]));
  await assert.rejects(
    publish(deps, request(1, [7000, 7000]), request(2, [8080, 8080])),
    /Bind for 0\.0\.0\.0:8080 failed: port is already allocated/,
  );
  assert.deepEqual([...hostPorts.held.keys()], ['tcp 0.0.0.0 8080', 'tcp :: 8080']);
  await assert.rejects(
    publish(deps, request(2, [8080, 8080], '127.0.0.1')),
    /Bind for 0\.0\.0\.0:8080 failed: port is already allocated/,
  );
});

test('one port of the host is found for all addresses at which a port of the container is wanted', async () => {
  const { deps } = setUp({ proxy: false }, ['tcp 127.0.0.2 32768']);
  assert.deepEqual(await publish(deps, request(80, [0, 0], '127.0.0.1'), request(80, [0, 0], '127.0.0.2')), [
    '80=127.0.0.1 32769',
    '80=127.0.0.2 32769',
  ]);
  const range = [8080, 8081] as const;
  await publish(deps, request(80, [8080, 8080], '127.0.0.3'));
  assert.deepEqual(await publish(deps, request(81, range, '127.0.0.3'), request(81, range, '127.0.0.4')), [
    '81=127.0.0.3 8081',
    '81=127.0.0.4 8081',
  ]);
  // The same address twice is for two ports.
  assert.deepEqual(await publish(deps, request(82), request(82)), ['82=0.0.0.0 32770', '82=0.0.0.0 32768']);
});

test('ephemeral ports are given out in the order of the ports of the container', async () => {
  const { deps } = setUp({ proxy: false });
  assert.deepEqual(await publish(deps, request(8080), request(80), request(443)), [
    '80=0.0.0.0 32768',
    '443=0.0.0.0 32769',
    '8080=0.0.0.0 32770',
  ]);
});

test('an address of the host is the same however it is written', async () => {
  const { deps } = setUp();
  assert.deepEqual(await publish(deps, request(80, [8080, 8080], '::ffff:127.0.0.1')), ['80=127.0.0.1 8080']);
  assert.deepEqual(await publish(deps, request(80, [8080, 8080], '0:0::0:1')), ['80=::1 8080']);
  await assert.rejects(
    publish(deps, request(81, [8080, 8080], '0:0:0:0:0:0:0:0')),
    /Bind for \[::1\]:8080 failed: port is already allocated/,
  );
});

test('a port of a foreign process is in use; in a range the next one is taken', async () => {
  const { deps } = setUp({ proxy: false }, ['tcp 0.0.0.0 8080']);
  await assert.rejects(
    publish(deps, request(80, [8080, 8080])),
    /failed to bind host port for 0\.0\.0\.0:8080:172\.17\.0\.2:80\/tcp: address already in use/,
  );
  assert.deepEqual(await publish(deps, request(80, [8080, 8082])), ['80=0.0.0.0 8081']);
  assert.deepEqual(await publish(deps, request(81, [8080, 8082])), ['81=0.0.0.0 8082']);
  await assert.rejects(publish(deps, request(82, [8080, 8082])), /all ports are allocated/);
});

test('what is disposed of is free again', async () => {
  const { deps, hostPorts } = setUp();
  for (const port of await publishPorts(deps, [request(80, [8080, 8080])], TARGET)) port[Symbol.dispose]();
  assert.equal(hostPorts.held.size, 0);
  await publish(deps, request(80, [8080, 8080]));
});

test('several bindings of one container port are one entry', async () => {
  const port = { number: 80, protocol: 'tcp' } as const;
  const one = { address: '0.0.0.0', port: 1 };
  const two = { address: '::', port: 1 };
  assert.deepEqual(
    compactPorts([
      { port, bindings: [one] },
      { port, bindings: [two] },
    ]),
    [{ port, bindings: [one, two] }],
  );
});

test('a container with IPv6 has what its own family reaches, and no IPv4 where it has none', async () => {
  const both = setUp({ proxy: false });
  await publishPorts(both.deps, [request(80, [8080, 8080])], { ipv4: '172.17.0.2', ipv6: 'fd00::2' });
  assert.deepEqual([...both.hostPorts.held.keys()], ['tcp 0.0.0.0 8080', 'tcp :: 8080']);
  const six = setUp();
  await publishPorts(
    six.deps,
    [request(80, [8080, 8080]), request(81, [8081, 8081], '127.0.0.1'), request(82, [8082, 8082], '::1')],
    { ipv4: '', ipv6: 'fd00::2' },
  );
  assert.deepEqual(
    [...six.hostPorts.held],
    [
      ['tcp :: 8080', { address: 'fd00::2', port: 80 }],
      ['tcp ::1 8082', { address: 'fd00::2', port: 82 }],
    ],
  );
});

test('where containers are reached at their own addresses no port of the host is taken', async () => {
  const { deps, hostPorts } = setUp({ routed: { ipv4: true, ipv6: false } });
  assert.deepEqual(await publish(deps, request(80, [8080, 8080])), ['80=0.0.0.0 0', '80=:: 8080']);
  assert.deepEqual([...hostPorts.held.keys()], ['tcp :: 8080']);
  const routed = setUp({ routed: { ipv4: true, ipv6: true } });
  assert.deepEqual(await publish(routed.deps, request(80)), ['80=0.0.0.0 0', '80=:: 0']);
  assert.equal(routed.hostPorts.held.size, 0);
});

test('a range is held whole under one entry, or not at all', async () => {
  const { deps, hostPorts } = setUp({ proxy: false }, ['udp 0.0.0.0 25']);
  const range: PublishRequest = { ...request(10, [20, 29]), count: 10 };
  const [live, ...others] = await publishPorts(deps, [range], TARGET);
  assert.equal(others.length, 0);
  assert.deepEqual(live?.published, {
    port: range.port,
    count: 10,
    bindings: [{ address: '0.0.0.0', port: 20 }],
  });
  assert.equal(hostPorts.held.size, 10);
  await assert.rejects(publish(deps, request(1, [25, 25])), /Bind for 0\.0\.0\.0:25 failed/);
  const udp: PublishRequest = { ...range, port: { number: 10, protocol: 'udp' } };
  await assert.rejects(
    publish(deps, udp),
    /failed to bind host port for 0\.0\.0\.0:25:172\.17\.0\.2:15\/udp: address already in use/,
  );
  assert.equal(hostPorts.held.size, 10);
});

test('ports that follow each other on both sides are one entry, whatever the order', () => {
  const port = (number: number) => ({ number, protocol: 'tcp' }) as const;
  const at = (number: number) => [{ address: '0.0.0.0', port: number }];
  assert.deepEqual(
    compactPorts([
      { port: port(3), bindings: at(13) },
      { port: port(1), count: 2, bindings: at(11) },
      { port: port(5), bindings: at(15) },
      { port: port(4), bindings: at(24) },
    ]),
    [
      { port: port(1), count: 3, bindings: at(11) },
      { port: port(4), bindings: at(24) },
      { port: port(5), bindings: at(15) },
    ],
  );
});
