// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerId, NetworkId, SandboxId } from '../../base/ids.ts';
import type { ActiveNetwork, PlacedEndpoint } from './driver.ts';
import { namedSandbox } from './named-sandbox.ts';
import type { SandboxRecord } from './sandbox-record.ts';

const NETWORKS = { bridge: [true, false], open: [false, false], closed: [false, true] } as const;
const active = new Map(
  Object.entries(NETWORKS).map(([id, [predefined, internal]]) => [
    id as NetworkId,
    { network: { predefined, internal } } as ActiveNetwork,
  ]),
);
const endpointIn = (network: string, request: object = {}): PlacedEndpoint =>
  ({
    network,
    networkName: network,
    containerName: 'web',
    ipv4Address: '10.0.0.2',
    request,
  }) as PlacedEndpoint;
const recordIn = (...endpoints: readonly PlacedEndpoint[]): SandboxRecord =>
  ({
    id: 'sandbox' as SandboxId,
    container: '0123456789abcdef' as ContainerId,
    namespacePath: '/ns',
    hostname: 'web',
    endpoints,
    naming: { upstreams: [], holdsSingleLabels: false },
  }) as unknown as SandboxRecord;

test('names are told of in networks of users alone, ways out of all', () => {
  const told = (...networks: readonly string[]) => {
    const named = namedSandbox(active, recordIn(...networks.map((network) => endpointIn(network))));
    return [named?.leadsOut, ...(named?.endpoints ?? []).map(({ networkName }) => networkName)];
  };
  assert.deepEqual(told('open'), [true, 'open']);
  assert.deepEqual(told('closed'), [false, 'closed']);
  assert.deepEqual(told('bridge', 'closed'), [true, 'closed']);
  assert.deepEqual(told(), [false]);
  assert.equal(namedSandbox(active, { ...recordIn(), namespacePath: undefined } as never), undefined);
});

test('networks are looked through by priority, internal ones last, those of both families first, then by name', () => {
  const at = (networkName: string, more: object = {}): PlacedEndpoint => ({
    ...endpointIn('open'),
    networkName,
    gateway: '10.0.0.1',
    ipv6Gateway: '',
    ...more,
  });
  const endpoints = [
    at('a-closed', { network: 'closed', gateway: '' }),
    at('c'),
    at('b'),
    at('z-dual', { ipv6Gateway: 'fd00::1' }),
    at('y-first', { request: { gwPriority: 1 } }),
  ];
  assert.deepEqual(
    namedSandbox(active, recordIn(...endpoints))?.endpoints.map(({ networkName }) => networkName),
    ['y-first', 'z-dual', 'b', 'c', 'a-closed'],
  );
});

test('a name is told once, whatever it comes from, and links by what they are called here', () => {
  const endpoint = endpointIn('open', { aliases: ['web', 'api', 'api'], links: ['pg:db', 'cache'] });
  const [named] = namedSandbox(active, recordIn(endpoint))?.endpoints ?? [];
  assert.deepEqual(named?.names, ['web', 'api', '0123456789ab']);
  assert.deepEqual(named.links, [
    { target: 'pg', alias: 'db' },
    { target: 'cache', alias: 'cache' },
  ]);
});
