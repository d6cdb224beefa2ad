// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPlanStage } from '../../../../test/support/plan-networks.ts';
import { decodeNetwork, encodeNetwork } from '../stored-network.ts';
import { createMacvlanDriver } from './macvlan-driver.ts';

const stage = (lacks: readonly string[] = []) => createPlanStage(createMacvlanDriver, lacks);
const parent = (name: string, more: Readonly<Record<string, string>> = {}) => ({
  options: { parent: name, ...more },
});

test('a network on a parent has a router in each subnet, of which there may be several', () => {
  const pools = [
    { subnet: '10.7.0.0/24', gateway: '10.7.0.254', ipRange: '10.7.0.64/26' },
    { subnet: '10.8.0.0/24' },
    { subnet: 'fd77::/64' },
  ];
  const { network, onParent, subnets } = stage().plan({
    ...parent('eth0'),
    ipv6: true,
    ipam: { driver: '', pools },
  });
  assert.deepEqual(network.ipam.pools, pools);
  assert.equal(subnets.length, 3);
  assert.deepEqual(
    onParent?.subnets.map(({ gateway, given }) => [gateway, given]),
    [
      ['10.7.0.254', true],
      ['10.8.0.1', true],
      ['fd77::1', true],
    ],
  );
  assert.deepEqual([onParent?.mode, onParent?.ownsParent, onParent?.mtu], ['bridge', false, 0]);
});

test('a network that is internal, or has no parent, gets no router', () => {
  const { network, onParent } = stage().plan({ ...parent('eth0'), internal: true });
  assert.deepEqual(network.ipam.pools, [{ subnet: '172.18.0.0/16' }]);
  assert.equal(onParent?.isInternal, true);
  const alone = stage().plan({});
  assert.equal(alone.network.internal, false);
  assert.equal(alone.onParent?.isInternal, true);
  assert.equal(alone.onParent?.parent, `dm-${alone.network.id.slice(0, 12)}`);
});

test("bad options are refused in Docker's words", () => {
  const { refuses } = stage();
  refuses(
    parent('eth0', { macvlan_mode: 'x' }),
    'internal',
    "requested macvlan mode 'x' is not valid, 'bridge' mode is the macvlan driver default",
  );
  refuses(parent('lo'), 'internal', 'loopback interface is not a valid macvlan parent link');
  refuses(
    { ...parent('eth0'), ipam: { driver: '', pools: [{ subnet: '172.17.1.0/24' }] } },
    'forbidden',
    'invalid pool request: Pool overlaps with other one on this address space',
  );
  const twice = [{ subnet: '10.7.0.0/16' }, { subnet: '10.7.1.0/24' }];
  refuses(
    { ...parent('eth0'), ipam: { driver: '', pools: twice } },
    'forbidden',
    'invalid pool request: Pool overlaps with other one on this address space',
  );
  refuses(
    { ...parent('eth0'), ipam: { driver: '', pools: [{ subnet: '10.7.0.0/16', gateway: '10.7.0.0' }] } },
    'internal',
    'failed to allocate gateway (10.7.0.0): Address already in use',
  );
});

test('a parent serves several networks, unless one takes all of it', async () => {
  const { make, refuses, active } = stage();
  await make({ ...parent('eth0'), name: 'one' });
  const two = await make({ ...parent('eth0', { macvlan_mode: 'private' }), name: 'two' });
  assert.equal(active.size, 2);
  const [one] = [...active.keys()];
  refuses(
    parent('eth0', { macvlan_mode: 'passthru' }),
    'internal',
    `cannot use mode passthru, macvlan network ${one} is already using parent interface eth0`,
  );
  active.clear();
  assert.equal(two.onParent?.mode, 'private');
  const whole = await make({ ...parent('eth0', { macvlan_mode: 'passthru' }), name: 'three' });
  refuses(
    parent('eth0'),
    'internal',
    `macvlan network ${whole.network.id} is already using parent interface eth0 in mode passthru`,
  );
});

test('a VLAN is made with its first network and goes with its last', async () => {
  const { make, remove, links } = stage();
  const one = await make({ ...parent('eth0.10'), name: 'one' });
  const two = await make({ ...parent('eth0.10'), name: 'two' });
  assert.deepEqual(links(), ['eth0.10']);
  await remove(one);
  assert.deepEqual(links(), ['eth0.10']);
  await remove(two);
  assert.deepEqual(links(), []);
});

test('parents that cannot be had are told of', async () => {
  const fails = async (name: string, text: string, lacks: readonly string[] = []): Promise<void> => {
    const { make, links } = stage(lacks);
    await assert.rejects(make(parent(name)), { message: text });
    assert.deepEqual(links(), []);
  };
  await fails('nope', 'invalid subinterface vlan name nope, example formatting is eth0.10');
  await fails('nope.10', '-o parent interface was not found on the host: nope');
  await fails('eth0.x', 'unable to parse a valid vlan id from: x (ex. eth0.10 for vlan 10)');
  await fails('eth0.5000', 'vlan id must be between 1-4094, received: 5000');
  await fails(
    'eth0.1.2',
    'required interface name format is: name.vlan_id, ex. eth0.10 for vlan 10, instead received eth0.1.2',
  );
  await fails('eth0.10', 'failed to create eth0.10 vlan link: operation not supported', ['vlan']);
});

test('a parent of its own is a dummy link, or a cable where the kernel has none', async () => {
  const { make, remove, links } = stage();
  const plan = await make({});
  assert.deepEqual(links(), [plan.onParent?.parent]);
  await remove(plan);
  assert.deepEqual(links(), []);
  const poor = stage(['dummy']);
  const other = await poor.make({});
  assert.equal(poor.links().length, 2);
  await poor.remove(other);
  assert.deepEqual(poor.links(), []);
});

test('after a restart a VLAN is made again, and a parent that is not ours may come later', async () => {
  const { make, bringUp, netlink, links } = stage();
  const vlan = await make({ ...parent('eth0.10'), name: 'one' });
  const plain = await make({ ...parent('eth0'), name: 'two' });
  using host = netlink.connect();
  host.deleteLink('eth0.10');
  await bringUp(vlan);
  assert.deepEqual(links(), ['eth0.10']);
  host.deleteLink('eth0');
  const network = await bringUp(plain);
  assert.equal(network.reserve(undefined).gateway, '172.19.0.1');
});

test('a network is the same after it was on disk', () => {
  const { warnings: _none, subnets: _taken, ...stored } = stage().plan({ ...parent('eth0'), ipv6: true });
  assert.deepEqual(decodeNetwork(JSON.parse(JSON.stringify(encodeNetwork(stored)))), stored);
});
