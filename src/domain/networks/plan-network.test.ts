// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import type { ErrorKind } from '../../base/errors.ts';
import { formatIp, formatIpPrefix, parseIpPrefix } from '../../spec/ip.ts';
import { sampleNetworksConfig } from '../../../test/support/sample-networks-config.ts';
import { createFakeHostNetwork } from '../../adapters/host-network/fake.ts';
import { createFakeNetlink } from '../../adapters/netlink/fake.ts';
import { createBridgeDriver } from './bridge/bridge-driver.ts';
import type { NetworkPlan } from './network-driver.ts';
import type { IpamPool, NetworkCreateRequest } from './networks.ts';
import { type PlanNetworkContext, planNetwork } from './plan-network.ts';
import { decodeNetwork, encodeNetwork } from './stored-network.ts';

const request = (changes: Partial<NetworkCreateRequest> = {}): NetworkCreateRequest => ({
  name: 'net',
  driver: '',
  scope: '',
  internal: false,
  attachable: false,
  ingress: false,
  configOnly: false,
  configFrom: '',
  ipam: { driver: '', pools: [] },
  options: {},
  labels: {},
  ...changes,
});

const pools = (...list: readonly IpamPool[]): Partial<NetworkCreateRequest> => ({
  ipam: { driver: '', pools: list },
});

const prefix = (text: string) => parseIpPrefix(text) ?? assert.fail(text);

const context = (changes: Partial<PlanNetworkContext> = {}): PlanNetworkContext => ({
  driver: createBridgeDriver({
    active: new Map(),
    host: createFakeNetlink().connect(),
    remover: createFakeNetlink().openRemover(),
    hostNetwork: createFakeHostNetwork({}),
    config: () => sampleNetworksConfig,
    setting: () => undefined,
  }),
  networks: [],
  own: [prefix('172.17.0.0/16')],
  occupied: () => [],
  sources: [],
  seed: 'seed',
  ...changes,
});

const plan = (
  changes: Partial<NetworkCreateRequest>,
  around: Partial<PlanNetworkContext> = {},
): NetworkPlan => {
  const planned = planNetwork(request(changes), context(around));
  return planned instanceof Promise ? assert.fail('nobody is waited for') : planned;
};

const refuses = (
  changes: Partial<NetworkCreateRequest>,
  kind: ErrorKind,
  text: string,
  around: Partial<PlanNetworkContext> = {},
): void =>
  assert.throws(
    () => plan(changes, around),
    (error) => {
      assert.ok(isKind(error, kind), String(error));
      assert.equal(error.message, text);
      return true;
    },
  );

test('a network without wishes gets the first free subnet and a bridge named for its id', () => {
  const { network, bridge } = plan({});
  assert.equal(bridge?.settings.device, `br-${network.id.slice(0, 12)}`);
  assert.deepEqual(network.ipam.pools, [{ subnet: '172.18.0.0/16', gateway: '172.18.0.1' }]);
  const { network: next } = plan({}, { occupied: () => [prefix('172.18.5.0/24')] });
  assert.equal(next.ipam.pools?.[0]?.subnet, '172.19.0.0/16');
  const { network: own } = plan({}, { sources: [{ base: '10.1.0.0/16', size: 24 }] });
  assert.equal(own.ipam.pools?.[0]?.subnet, '10.1.0.0/24');
});

test('subnets that were given are shown as they were given, and the gateway is the first of the range', () => {
  const given = { subnet: '10.9.0.0/16', ipRange: '10.9.5.0/24' };
  const { network, bridge } = plan(pools(given));
  assert.deepEqual(network.ipam.pools, [given]);
  assert.equal(formatIpPrefix(bridge?.settings.ipv4?.address ?? assert.fail()), '10.9.5.0/16');
});

test('a network may have IPv6 alone, and what is given of IPv4 is then shown and no more', () => {
  const given = { subnet: '172.17.0.0/16', gateway: '172.17.0.9' };
  const { network, bridge, subnets } = plan({ ipv4: false, ipv6: true, ...pools(given) });
  assert.equal(network.ipv4, false);
  assert.equal(bridge?.settings.ipv4, undefined);
  assert.equal(subnets.length, 1);
  assert.deepEqual(network.ipam.pools?.[0], given);
});

test("where nobody is a gateway the first address is a container's, unless one is given", () => {
  const options = { 'com.docker.network.bridge.gateway_mode_ipv4': 'isolated' };
  const cut = plan({ internal: true, options });
  assert.deepEqual(cut.network.ipam.pools, [{ subnet: '172.18.0.0/16' }]);
  assert.equal(formatIpPrefix(cut.bridge?.settings.ipv4?.address ?? assert.fail()), '172.18.0.0/16');
  const given = { subnet: '10.9.0.0/16', gateway: '10.9.0.1' };
  const asked = plan({ internal: true, options, ...pools(given) });
  assert.deepEqual(asked.network.ipam.pools, [given]);
  assert.deepEqual(asked.bridge?.settings.ipv4?.reserved?.map(formatIp), ['10.9.0.1']);
});

test('an IPv6 subnet is chosen from what is unique to the host, the same one every time', () => {
  const first = plan({ ipv6: true }).network.ipam.pools?.[1]?.subnet ?? '';
  assert.match(first, /^fd[0-9a-f]{2}:.*\/64$/);
  assert.equal(plan({ ipv6: true }).network.ipam.pools?.[1]?.subnet, first);
  const second = plan({ ipv6: true }, { own: [prefix(first)] }).network.ipam.pools?.[1]?.subnet;
  assert.notEqual(second, first);
});

test("bad subnets are refused in Docker's words, all of them at once", () => {
  const failed = (text: string): string => `invalid network config:\n${text}`;
  const bad = (pool: IpamPool, text: string): void => refuses(pools(pool), 'invalid-argument', failed(text));
  bad({ subnet: '10.1.2.3/16' }, 'invalid subnet 10.1.2.3/16: it should be 10.1.0.0/16');
  bad({ subnet: '', gateway: '10.1.0.1' }, 'invalid subnet : invalid CIDR block notation');
  bad(
    { subnet: '10.1.0.0/16', ipRange: '10.2.0.0/24' },
    "invalid ip-range 10.2.0.0/24: parent subnet 10.1.0.0/16 doesn't contain ip-range",
  );
  bad({ subnet: '10.1.0.0/16', gateway: 'x' }, 'invalid gateway x: invalid address');
  bad(
    { subnet: '10.1.0.0/16', gateway: 'fd00::1' },
    'invalid gateway fd00::1: parent subnet is an IPv4 block',
  );
  bad(
    { subnet: '10.1.0.0/16', gateway: 'x', auxiliaryAddresses: { p: '10.2.0.1' } },
    "* invalid gateway x: invalid address\n* invalid auxiliary address p: parent subnet 10.1.0.0/16 doesn't contain this address",
  );
});

test('what is taken is refused', () => {
  const text = 'invalid pool request: Pool overlaps with other one on this address space';
  refuses(pools({ subnet: '172.17.3.0/24' }), 'forbidden', text);
  refuses(
    pools({ subnet: '10.1.0.0/16', gateway: '10.1.0.0' }),
    'internal',
    'failed to allocate gateway (10.1.0.0): Address already in use',
  );
  const aux = (auxiliaryAddresses: Readonly<Record<string, string>>, text: string): void =>
    refuses(
      pools({ subnet: '10.1.0.0/16', auxiliaryAddresses }),
      'internal',
      `failed to allocate secondary ip address (${text}): Address already in use`,
    );
  aux({ x: '10.1.0.1' }, 'x:10.1.0.1');
  aux({ x: '10.1.0.7', y: '10.1.0.7' }, 'y:10.1.0.7');
  const { network } = plan({});
  refuses({}, 'conflict', 'network with name net already exists', { networks: [network] });
  refuses({ name: 'none' }, 'forbidden', 'operation is not permitted on predefined none network ');
  const nobody = { driver: undefined };
  refuses({ driver: 'host' }, 'forbidden', 'only one instance of "host" network is allowed', nobody);
  refuses({ driver: 'x' }, 'not-found', 'plugin "x" not found', nobody);
  refuses({}, 'conflict', 'network with name net already exists', { pendingNames: ['net'] });
});

test('a name of blanks is none, and a link that is no bridge is not made one', () => {
  refuses({ name: ' ' }, 'invalid-argument', 'invalid name: name is empty');
  refuses(
    { options: { 'com.docker.network.bridge.name': 'lo' } },
    'internal',
    'existing interface lo is not a bridge',
  );
});

test('options are read as Docker reads them', () => {
  const failed = (key: string, value: string, text: string): void =>
    refuses({ options: { [key]: value } }, 'invalid-argument', text);
  const icc = 'com.docker.network.bridge.enable_icc';
  failed(icc, 'x', `failed to parse ${icc} value: x (strconv.ParseBool: parsing "x": invalid syntax)`);
  const mtu = 'com.docker.network.driver.mtu';
  failed(mtu, 'x', `failed to parse ${mtu} value: x (strconv.Atoi: parsing "x": invalid syntax)`);
  failed(mtu, '-1', 'invalid MTU number: -1');
  refuses(
    { options: { 'com.docker.network.bridge.name': 'a-name-of-16-byt' } },
    'internal',
    'numerical result out of range',
  );
  const { network, bridge } = plan({ options: { [icc]: 'false', [mtu]: '1400', any: 'thing' } });
  assert.equal(bridge?.settings.icc, false);
  assert.equal(bridge?.settings.mtu, 1400);
  assert.equal(network.options['any'], 'thing');
});

test('a network is the same after it was on disk', () => {
  const wanted = {
    ipv6: true,
    ...pools({ subnet: '10.9.0.0/16', ipRange: '10.9.5.0/24', auxiliaryAddresses: { p: '10.9.5.7' } }),
  };
  const { warnings: _none, subnets, ...stored } = plan(wanted);
  const read = decodeNetwork(JSON.parse(JSON.stringify(encodeNetwork(stored))));
  assert.deepEqual(read, stored);
  assert.equal(subnets.length, 2);
});
