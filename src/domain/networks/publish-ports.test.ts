// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeHostPorts } from '../../adapters/host-ports/fake.ts';
import type { PublishRequest } from './networks.ts';
import { PortTable } from './port-table.ts';
import { type PublishDeps, mergePorts, publishPorts } from './publish-ports.ts';

const setUp = (changes: Partial<PublishDeps> = {}, taken: readonly string[] = []) => {
  const hostPorts = createFakeHostPorts(new Set(taken));
  const deps: PublishDeps = {
    hostPorts,
    table: new PortTable(),
    ephemeralRange: () => [32_768, 32_770],
    defaultHostAddress: '',
    proxy: true,
    translated: true,
    ...changes,
  };
  return { deps, hostPorts };
};

const request = (
  container: number,
  hostPorts: readonly [number, number] = [0, 0],
  hostAddress = '',
): PublishRequest => ({ port: { number: container, protocol: 'tcp' }, hostAddress, hostPorts });

const publish = (deps: PublishDeps, ...requests: readonly PublishRequest[]): readonly string[] =>
  publishPorts(deps, requests, '172.17.0.2').flatMap(({ published }) =>
    published.bindings.map(({ address, port }) => `${published.port.number}=${address} ${port}`),
  );

test('a port without an address is published at both families under the same number', () => {
  const { deps, hostPorts } = setUp();
  assert.deepEqual(publish(deps, request(80, [8080, 8080])), ['80=0.0.0.0 8080', '80=:: 8080']);
  assert.deepEqual(
    [...hostPorts.held],
    [
      ['tcp 0.0.0.0 8080', undefined],
      ['tcp :: 8080', { address: '172.17.0.2', port: 80 }],
    ],
  );
});

test('without a proxy or without IPv6 there is no binding that nothing would serve', () => {
  assert.deepEqual(publish(setUp({ proxy: false }).deps, request(80, [8080, 8080])), ['80=0.0.0.0 8080']);
  const hostPorts = createFakeHostPorts(new Set(), false);
  assert.deepEqual(publish(setUp({ hostPorts }).deps, request(80, [8080, 8080])), ['80=0.0.0.0 8080']);
});

test('without address translation IPv4 is forwarded too', () => {
  const { deps, hostPorts } = setUp({ translated: false });
  publish(deps, request(80, [8080, 8080], '127.0.0.1'));
  assert.deepEqual(hostPorts.held.get('tcp 127.0.0.1 8080'), { address: '172.17.0.2', port: 80 });
});

test("the daemon's own host address takes the place of all addresses", () => {
  const { deps } = setUp({ defaultHostAddress: '127.0.0.1' });
  assert.deepEqual(publish(deps, request(80, [8080, 8080])), ['80=127.0.0.1 8080']);
});

test('ephemeral ports go on from the last one, and pass over those of others', () => {
  const { deps } = setUp({ proxy: false }, ['tcp 0.0.0.0 32769']);
  assert.deepEqual(publish(deps, request(80)), ['80=0.0.0.0 32768']);
  assert.deepEqual(publish(deps, request(81)), ['81=0.0.0.0 32770']);
  assert.throws(() => publish(deps, request(82)), /^EngineError: all ports are allocated/);
});

test('ports that leave no choice are taken before ranges and ephemeral ones', () => {
  const { deps } = setUp({ proxy: false });
  assert.deepEqual(
    publish(deps, request(80), request(81, [32_768, 32_769]), request(82, [32_768, 32_768])),
    ['80=0.0.0.0 32770', '81=0.0.0.0 32769', '82=0.0.0.0 32768'].toSorted((one, other) =>
      one.localeCompare(other),
    ),
  );
});

test('a port of another container is allocated already, and nothing is kept of what failed', () => {
  const { deps, hostPorts } = setUp();
  publish(deps, request(80, [8080, 8080]));
  assert.throws(
    () => publish(deps, request(1, [7000, 7000]), request(2, [8080, 8080])),
    /Bind for 0\.0\.0\.0:8080 failed: port is already allocated/,
  );
  assert.deepEqual([...hostPorts.held.keys()], ['tcp 0.0.0.0 8080', 'tcp :: 8080']);
  assert.throws(
    () => publish(deps, request(2, [8080, 8080], '127.0.0.1')),
    /Bind for 127\.0\.0\.1:8080 failed: port is already allocated/,
  );
});

test('a port of a foreign process is in use; in a range the next one is taken', () => {
  const { deps } = setUp({ proxy: false }, ['tcp 0.0.0.0 8080']);
  assert.throws(
    () => publish(deps, request(80, [8080, 8080])),
    /failed to bind host port for 0\.0\.0\.0:8080:172\.17\.0\.2:80\/tcp: address already in use/,
  );
  assert.deepEqual(publish(deps, request(80, [8080, 8082])), ['80=0.0.0.0 8081']);
  assert.deepEqual(publish(deps, request(81, [8080, 8082])), ['81=0.0.0.0 8082']);
  assert.throws(() => publish(deps, request(82, [8080, 8082])), /all ports are allocated/);
});

test('what is disposed of is free again', () => {
  const { deps, hostPorts } = setUp();
  for (const port of publishPorts(deps, [request(80, [8080, 8080])], '172.17.0.2')) port[Symbol.dispose]();
  assert.equal(hostPorts.held.size, 0);
  publish(deps, request(80, [8080, 8080]));
});

test('several bindings of one container port are one entry', () => {
  const port = { number: 80, protocol: 'tcp' } as const;
  const one = { address: '0.0.0.0', port: 1 };
  const two = { address: '::', port: 1 };
  assert.deepEqual(
    mergePorts([
      { port, bindings: [one] },
      { port, bindings: [two] },
    ]),
    [{ port, bindings: [one, two] }],
  );
});
