// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeNetworkStore } from '../../../adapters/store/network-store-fake.ts';
import { type ContainerId, type NetworkId, randomId } from '../../../base/ids.ts';
import { type ActiveNetwork, type GivenLink, NO_PLACE, type PlacedEndpoint } from '../driver.ts';
import { createPlainNetwork } from '../plain-network.ts';
import { plainNetworks } from '../predefined.ts';
import { needsGateway, withoutGateway } from './needs-gateway.ts';

const [host, none] = plainNetworks(createFakeNetworkStore());
const base = none ?? assert.fail();

const active = (changes: Partial<ActiveNetwork>, internal = false): ActiveNetwork => ({
  ...createPlainNetwork({ ...base, internal }),
  ...changes,
});

const networks: ReadonlyMap<NetworkId, ActiveNetwork> = new Map(
  Object.entries({
    left: active({ usesGatewayBridge: true }),
    inner: active({ usesGatewayBridge: true }, true),
    bridge: active({}),
    none: active({}),
    host: createPlainNetwork(host ?? assert.fail()),
  }),
) as ReadonlyMap<string, ActiveNetwork> as ReadonlyMap<NetworkId, ActiveNetwork>;

const endpoint = (network: string, changes: Partial<PlacedEndpoint> = {}): PlacedEndpoint => ({
  ...NO_PLACE,
  id: randomId(),
  network: network as NetworkId,
  networkName: network,
  container: randomId<ContainerId>(),
  containerName: 'web',
  interfaceName: 'eth0',
  ...changes,
});

const given = (changes: Partial<GivenLink>): Partial<PlacedEndpoint> => ({
  given: { name: '', prefix: 'eth', routes: [], ...changes },
});

const needs = (...endpoints: readonly PlacedEndpoint[]): boolean => needsGateway(networks, endpoints);

test('a container needs a gateway that is in a network which names none, and in none that does', () => {
  assert.equal(needs(endpoint('left')), true);
  assert.equal(needs(endpoint('left', { gateway: '10.0.0.1' })), false);
  assert.equal(needs(endpoint('left', { ipv6Gateway: 'fd00::1' })), false);
  assert.equal(needs(endpoint('left'), endpoint('bridge', { gateway: '10.0.0.1' })), false);
  assert.equal(needs(endpoint('left'), endpoint('inner')), true);
});

test('networks whose way out is nobody’s to make leave it at that', () => {
  assert.equal(needs(endpoint('inner')), false);
  assert.equal(needs(endpoint('bridge')), false);
  assert.equal(needs(endpoint('none')), false);
  assert.equal(needs(endpoint('host')), false);
  assert.equal(needs(), false);
});

test('a router of an internal network leads nowhere', () => {
  assert.equal(needs(endpoint('left'), endpoint('inner', { gateway: '10.0.0.1' })), true);
});

test('a plugin may make the way out by a route, or want none', () => {
  const route = (destination: string) => given({ routes: [{ destination, nextHop: '' }] });
  assert.equal(needs(endpoint('left', route('0.0.0.0/0'))), false);
  assert.equal(needs(endpoint('left', route('10.0.0.0/8'))), true);
  assert.equal(needs(endpoint('left', given({ refusesGateway: true }))), false);
  assert.equal(needs(endpoint('left', given({ refusesGateway: true })), endpoint('left')), true);
});

test('the gateway’s own endpoint has no say, and is not shown', () => {
  const own = endpoint('bridge', { gateway: '172.18.0.1', isGateway: true });
  const left = endpoint('left');
  assert.equal(needs(left, own), true);
  assert.equal(needs(own), false);
  assert.deepEqual(withoutGateway([left, own]), [left]);
  const all = [left];
  assert.equal(withoutGateway(all), all);
});
