// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeHostPorts } from '../../adapters/host-ports/fake.ts';
import type { LivePort } from './live-port.ts';
import { matchPorts } from './match-ports.ts';
import type { PublishRequest } from './networks.ts';
import { PortTable } from './port-table.ts';
import { type PublishDeps, publishPorts } from './publish-ports.ts';

const TARGET = { ipv4: '172.17.0.2', ipv6: '' };

const setUp = () => {
  const hostPorts = createFakeHostPorts();
  const deps: PublishDeps = {
    hostPorts,
    table: new PortTable(),
    ephemeralRange: () => [32_768, 32_770],
    defaultHostAddress: '',
    proxy: false,
  };
  return { deps, hostPorts };
};

const request = (number: number, hostPorts: readonly [number, number], count = 1): PublishRequest => ({
  port: { number, protocol: 'tcp' },
  hostAddress: '',
  hostPorts,
  ...(count > 1 ? { count } : {}),
});

const told = (ports: readonly LivePort[]): readonly string[] =>
  ports
    .map(({ published: { port, count = 1, bindings } }) => `${bindings[0]?.port}>${port.number}x${count}`)
    .toSorted();

test('what fulfils a wish stays, an ephemeral port with its number; the rest goes, and what is left is missing', async () => {
  const { deps } = setUp();
  const live = await publishPorts(
    deps,
    [request(80, [8080, 8080]), request(81, [0, 0]), request(82, [8082, 8082])],
    TARGET,
  );
  const wishes = [request(81, [0, 0]), request(82, [9082, 9082]), request(80, [8080, 8090])];
  const { kept, removed, missing } = matchPorts(deps, live, wishes, TARGET);
  assert.deepEqual(told(kept), ['32768>81x1', '8080>80x1']);
  assert.deepEqual(told(removed), ['8082>82x1']);
  assert.deepEqual(missing, [request(82, [9082, 9082])]);
});

test('ranges are cut where a part of them stays, and only what is not there is missing', async () => {
  const { deps, hostPorts } = setUp();
  const live = await publishPorts(deps, [request(10, [20, 29], 10)], TARGET);
  const wishes = [request(12, [22, 23], 2), request(18, [28, 31], 4), request(15, [99, 99])];
  const { kept, removed, missing } = matchPorts(deps, live, wishes, TARGET);
  assert.deepEqual(told(kept), ['22>12x2', '28>18x2']);
  assert.deepEqual(told(removed), ['20>10x2', '24>14x4']);
  assert.deepEqual(
    missing.map(({ port, count = 1, hostPorts: host }) => [port.number, count, ...host]),
    [
      [20, 2, 30, 31],
      [15, 1, 99, 99],
    ],
  );
  for (const port of removed) port[Symbol.dispose]();
  assert.deepEqual(
    [...hostPorts.held.keys()],
    ['tcp 0.0.0.0 22', 'tcp 0.0.0.0 23', 'tcp 0.0.0.0 28', 'tcp 0.0.0.0 29'],
  );
  assert.equal(deps.table.firstTaken('tcp', '0.0.0.0', 20, 10)?.port, 22);
});

test('the same wish twice has two ports, and another address is another port', async () => {
  const { deps } = setUp();
  const live = await publishPorts(deps, [request(80, [0, 0]), request(81, [8081, 8081])], TARGET);
  const wishes = [
    request(80, [0, 0]),
    request(80, [0, 0]),
    { ...request(81, [8081, 8081]), hostAddress: '127.0.0.1' },
  ];
  const { kept, removed, missing } = matchPorts(deps, live, wishes, TARGET);
  assert.deepEqual([told(kept), told(removed), missing.length], [['32768>80x1'], ['8081>81x1'], 2]);
});
