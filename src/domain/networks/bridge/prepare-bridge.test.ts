// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeNetlink } from '../../../adapters/netlink/fake.ts';
import type { NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { isKind } from '../../../base/errors.ts';
import { formatIpPrefix, parseIp, parseIpPrefix } from '../../../spec/ip.ts';
import type { NetworksConfig } from '../networks-config.ts';
import { type BridgeSettings, poolsOf } from './bridge-settings.ts';
import { prepareBridge } from './prepare-bridge.ts';
import { sampleNetworksConfig as sampleConfig } from '../../../../test/support/sample-networks-config.ts';

const poolOf = (settings: BridgeSettings) => poolsOf(settings)[0] ?? assert.fail('no pool');
const withHost = (work: (host: NetlinkConnection) => void): void => {
  using host = createFakeNetlink().connect();
  work(host);
};
const prepare = (
  host: NetlinkConnection,
  changes: Partial<NetworksConfig> = {},
  resolvers: readonly string[] = [],
) =>
  prepareBridge(
    host,
    { ...sampleConfig, ...changes },
    { resolvers: resolvers.flatMap((text) => parseIp(text) ?? []), seed: 'seed' },
  );
const give = (host: NetlinkConnection, name: string, ...addresses: readonly string[]): void => {
  host.createBridge({ name });
  for (const text of addresses)
    host.addAddress(host.link(name)?.index ?? 0, parseIpPrefix(text) ?? assert.fail(text));
};
const addressesOf = (host: NetlinkConnection, name: string): readonly string[] =>
  host
    .addresses()
    .filter(({ index }) => index === host.link(name)?.index)
    .map(({ address }) => formatIpPrefix(address));

test('docker0 is made with the first free subnet, up, and keeps it the next time', () =>
  withHost((host) => {
    give(host, 'br9', '172.17.5.1/24');
    assert.deepEqual(poolOf(prepare(host, {}, ['172.18.0.53']).settings), {
      subnet: '172.19.0.0/16',
      gateway: '172.19.0.1',
    });
    assert.equal(host.link('docker0')?.up, true);
    host.deleteLink('br9');
    assert.equal(poolOf(prepare(host).settings).gateway, '172.19.0.1');
    assert.deepEqual(addressesOf(host, 'docker0'), ['172.19.0.1/16']);
  }));

test('a bip takes the place of the address that the bridge had', () =>
  withHost((host) => {
    prepare(host);
    prepare(host, { bip: '10.5.0.1/24' });
    assert.deepEqual(addressesOf(host, 'docker0'), ['10.5.0.1/24']);
  }));

test("a bridge of the operator's own keeps all of its addresses and lends the first", () =>
  withHost((host) => {
    give(host, 'br1', '169.254.3.1/16', '10.6.0.1/24', '10.7.0.1/24');
    assert.equal(poolOf(prepare(host, { bridge: 'br1' }).settings).subnet, '10.6.0.0/24');
    assert.equal(addressesOf(host, 'br1').length, 3);
    assert.equal(host.link('docker0'), undefined);
  }));

test('range and gateway are shown as Docker shows them', () =>
  withHost((host) => {
    const changes = { bip: '10.5.0.1/16', fixedCidr: '10.5.7.0/24', defaultGateway: '10.5.0.254' };
    assert.deepEqual(poolOf(prepare(host, changes).settings), {
      subnet: '10.5.0.0/16',
      gateway: '10.5.0.1',
      ipRange: '10.5.7.0/24',
      auxiliaryAddresses: { DefaultGatewayIPv4: '10.5.0.254' },
    });
  }));

test('IPv6 is of the subnet that is given, or of one that only this host has', () =>
  withHost((host) => {
    const given = prepare(host, { ipv6: true, fixedCidr6: 'fd00:5::/64', defaultGateway6: 'fd00:5::9' });
    assert.deepEqual(poolsOf(given.settings)[1], {
      subnet: 'fd00:5::/64',
      gateway: 'fd00:5::1',
      auxiliaryAddresses: { DefaultGatewayIPv6: 'fd00:5::9' },
    });
    assert.deepEqual(addressesOf(host, 'docker0'), ['172.17.0.1/16', 'fd00:5::1/64']);
    const moved = prepare(host, { ipv6: true, bip6: 'fd00:6::7/64', fixedCidr6: 'fd00:6::100/120' });
    assert.deepEqual(poolsOf(moved.settings)[1], {
      subnet: 'fd00:6::/64',
      gateway: 'fd00:6::7',
      ipRange: 'fd00:6::100/120',
    });
    assert.deepEqual(addressesOf(host, 'docker0'), ['172.17.0.1/16', 'fd00:6::7/64']);
    host.deleteLink('docker0');
    const own = poolsOf(prepare(host, { ipv6: true }).settings)[1];
    assert.match(own?.subnet ?? '', /^fd[0-9a-f:]+::\/64$/);
    assert.equal(poolsOf(prepare(host, { ipv6: true }).settings)[1]?.subnet, own?.subnet);
  }));

test('a range outside of the subnet that would be chosen is a subnet of its own', () =>
  withHost((host) => {
    assert.deepEqual(poolOf(prepare(host, { fixedCidr: '10.9.0.0/24' }).settings), {
      subnet: '10.9.0.0/24',
      gateway: '10.9.0.1',
    });
  }));

const REFUSED: readonly (readonly [string, Partial<NetworksConfig>, RegExp])[] = [
  [
    'a bridge that is not there',
    { bridge: 'br7' },
    /bridge device with non default name br7 must be created manually$/,
  ],
  ['a link that is no bridge', { bridge: 'lo' }, /existing interface lo is not a bridge$/],
  ['a bridge name that is none', { bridge: 'a"b' }, /invalid bridge name/],
  ['a bip that is none', { bip: 'x' }, /controller: parse bip failed: invalid CIDR address: x$/],
  ['a bip that names the network', { bip: '10.5.0.0/16' }, /failed to allocate gateway \(10\.5\.0\.0\)/],
  [
    'a range of another subnet',
    { bip: '10.5.0.1/16', fixedCidr: '10.6.0.0/24' },
    /invalid ip-range 10\.6\.0\.0\/24/,
  ],
  [
    'a gateway of another subnet',
    { bip: '10.5.0.1/16', defaultGateway: '10.6.0.1' },
    /must belong to the master pool: 10\.5\.0\.0\/16$/,
  ],
];
for (const [what, changes, words] of REFUSED)
  test(`${what} is refused in Docker's words`, () =>
    withHost((host) =>
      assert.throws(
        () => prepare(host, changes),
        (error) => isKind(error, 'invalid-argument') && words.test(error.message),
      ),
    ));
