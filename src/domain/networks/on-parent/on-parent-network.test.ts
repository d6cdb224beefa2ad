// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeHostNetwork } from '../../../adapters/host-network/fake.ts';
import { createFakeNetlink } from '../../../adapters/netlink/fake.ts';
import { type ContainerId, type EndpointId, type NetworkId, randomId } from '../../../base/ids.ts';
import { formatIp, formatIpPrefix } from '../../../spec/ip.ts';
import { now } from '../../../base/time.ts';
import type { PlacedEndpoint } from '../driver.ts';
import type { Network } from '../networks.ts';
import { OnParentNetwork, type OnParentLinks } from './on-parent-network.ts';
import type { StoredOnParent } from './stored-on-parent.ts';

const network: Network = {
  id: randomId<NetworkId>(),
  name: 'net',
  driver: 'any',
  created: now(),
  scope: 'local',
  ipv4: true,
  ipv6: true,
  internal: false,
  attachable: false,
  ipam: { driver: 'default' },
  options: {},
  labels: {},
  predefined: false,
  configOnly: false,
  configFrom: '',
};

const settings: StoredOnParent = {
  parent: 'eth0',
  ownsParent: false,
  mode: 'bridge',
  mtu: 1400,
  isInternal: false,
  subnets: [
    { subnet: '10.1.0.0/24', gateway: '10.1.0.254', reserved: [], given: true },
    { subnet: 'fd01::/64', gateway: 'fd01::ffff', reserved: [], given: true },
  ],
};

const macvlan = (mode: 'bridge' | 'passthru'): OnParentLinks => ({
  kind: 'macvlan',
  fillsParent: mode === 'passthru',
  routesByLink: false,
  macAddressFor: () => '02:11:22:33:44:55',
  create: (host, { macAddress, ...child }) =>
    host.createLink({
      ...child,
      kind: 'macvlan',
      mode,
      ...(mode === 'passthru' ? {} : { macAddress }),
    }),
});

const layer3: OnParentLinks = {
  kind: 'ipvlan',
  fillsParent: false,
  routesByLink: true,
  macAddressFor: () => '',
  create: (host, { macAddress: _none, ...child }) =>
    host.createLink({ ...child, kind: 'ipvlan', mode: 'l3', flag: 'bridge' }),
};

/** A network of such links, with one container's namespace beside the host's. */
const scene = (
  links: OnParentLinks,
  lacks: readonly string[] = [],
  changes: Partial<StoredOnParent> = {},
) => {
  const place = { now: '' };
  const netlink = createFakeNetlink({ current: () => place.now, pathOf: () => 'inside' }, lacks);
  const host = netlink.connect();
  host.createVeth({ name: 'eth0', mtu: 1500, peer: { name: 'wire', macAddress: '02:00:00:00:00:09' } });
  place.now = 'inside';
  const inside = netlink.connect();
  const hostNetwork = createFakeHostNetwork({ 'ipv6/conf/default/disable_ipv6': '1' });
  const own = { ...settings, ...changes };
  const active = new OnParentNetwork({ host, hostNetwork }, network, own, links);
  const endpoint: PlacedEndpoint = {
    id: randomId<EndpointId>(),
    network: network.id,
    networkName: 'net',
    container: randomId<ContainerId>(),
    containerName: 'web',
    interfaceName: 'eth0',
    ...active.reserve(undefined),
  };
  const attach = (): void =>
    active.attach(endpoint, { file: 7, inside, isWayOut: { ipv4: true, ipv6: true } });
  const routes = (): readonly string[] =>
    inside
      .routes()
      .map(
        ({ destination, gateway }) =>
          `${destination ? formatIpPrefix(destination) : 'out'} ${gateway ? formatIp(gateway) : 'link'}`,
      );
  return { host, inside, active, endpoint, attach, routes, hostNetwork };
};

test('a link is made in the container, with its addresses and its routers', () => {
  const { inside, attach, endpoint, routes, hostNetwork } = scene(macvlan('bridge'));
  attach();
  const link = inside.link('eth0');
  assert.deepEqual(
    [link?.kind, link?.mtu, link?.up, link?.macAddress],
    ['macvlan', 1400, true, endpoint.macAddress],
  );
  assert.deepEqual(
    inside.addresses().map(({ address }) => formatIpPrefix(address)),
    ['10.1.0.1/24', 'fd01::1/64'],
  );
  assert.deepEqual(routes(), ['out 10.1.0.254', 'out fd01::ffff']);
  assert.equal(hostNetwork.setting('ipv6/conf/default/disable_ipv6'), '1');
});

test('one that is silenced keeps its link, unless that fills its parent', () => {
  const plain = scene(macvlan('bridge'));
  plain.attach();
  plain.active.silence(plain.endpoint, plain.inside);
  assert.deepEqual([plain.inside.addresses(), plain.inside.link('eth0')?.kind], [[], 'macvlan']);
  const whole = scene(macvlan('passthru'));
  whole.attach();
  // The kernel begins with the parent's address, whatever is asked for.
  assert.equal(whole.inside.link('eth0')?.macAddress, '02:11:22:33:44:55');
  whole.active.silence(whole.endpoint, whole.inside);
  assert.equal(whole.inside.link('eth0'), undefined);
  whole.active.silence(whole.endpoint, whole.inside);
});

test('without routers the way out is the link, of each family, and an internal network has none', () => {
  const open = scene(layer3);
  assert.deepEqual([open.endpoint.gateway, open.endpoint.ipv6Gateway], ['', '']);
  open.attach();
  assert.deepEqual(open.routes(), ['out link', 'out link']);
  const shut = scene(layer3, [], { isInternal: true });
  shut.attach();
  assert.deepEqual(shut.routes(), []);
});

test("a link that cannot be made is told of in Docker's words", () => {
  assert.throws(scene(layer3, ['ipvlan']).attach, {
    message: 'failed to create the ipvlan port: operation not supported',
  });
  const gone = scene(macvlan('bridge'));
  gone.host.deleteLink('eth0');
  assert.throws(gone.attach, {
    message: 'the requested parent interface eth0 was not found on the Docker host',
  });
});
