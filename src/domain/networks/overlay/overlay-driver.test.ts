// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPlanStage } from '../../../../test/support/plan-networks.ts';
import { formatIp, parseIp } from '../../../spec/ip.ts';
import { decodeNetwork, encodeNetwork } from '../stored-network.ts';
import { createOverlayDriver } from './overlay-driver.ts';
import { OverlayNetwork, setPeers } from './overlay-network.ts';

const PEERS = 'berth.overlay.peers';
const stage = () => createPlanStage(createOverlayDriver);
const peers = (text: string, more: Readonly<Record<string, string>> = {}) => ({
  options: { [PEERS]: text, ...more },
});
const given = { ipam: { driver: '', pools: [{ subnet: '10.9.0.0/16', ipRange: '10.9.1.0/24' }] } };
const ip = (text: string) => parseIp(text) ?? assert.fail(text);

test("without peers it is a cluster's, which there is none", () => {
  stage().refuses(
    {},
    'forbidden',
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  );
});

test('hosts that call it the same have the same number for it, unless one is given', () => {
  const vni = (name: string, more = {}) => stage().plan({ ...peers('', more), ...given, name }).overlay?.vni;
  assert.equal(vni('a'), vni('a'));
  assert.notEqual(vni('a'), vni('b'));
  assert.equal(vni('a', { 'com.docker.network.driver.overlay.vxlanid_list': '4711,4712' }), 4711);
});

test('a frame and its wrapping fit into 1500 bytes', () => {
  const mtu = (text: string) => stage().plan({ ...peers(text), ...given }).overlay?.mtu;
  assert.deepEqual([mtu(''), mtu('10.0.0.2'), mtu('fd00::2')], [1450, 1450, 1430]);
});

test('bad options are refused', () => {
  const { refuses } = stage();
  const bad = (options: Readonly<Record<string, string>>, text: string): void =>
    refuses(peers('10.0.0.2', options), 'invalid-argument', text);
  refuses(peers('x'), 'invalid-argument', `invalid ${PEERS}: "x" is not an IP address`);
  refuses(
    peers('10.0.0.2,fd00::2'),
    'invalid-argument',
    `invalid ${PEERS}: all hosts must be of one address family`,
  );
  bad({ 'berth.overlay.port': '0' }, 'invalid berth.overlay.port: "0" is not a number from 1 to 65535');
  bad({ 'berth.overlay.local': 'here' }, 'invalid berth.overlay.local: "here" is not an IP address');
  bad(
    { 'com.docker.network.driver.overlay.vxlanid_list': '16777216' },
    'invalid com.docker.network.driver.overlay.vxlanid_list: "16777216" is not a number from 1 to 16777215',
  );
  refuses(
    peers('10.0.0.2', { 'com.docker.network.driver.mtu': 'x' }),
    'internal',
    'failed to parse x: strconv.Atoi: parsing "x": invalid syntax',
  );
  refuses(
    peers('10.0.0.2', { encrypted: '' }),
    'not-implemented',
    'encrypted overlay networks are not implemented by this engine',
  );
});

test('who gives no range is told what that means', () => {
  const { plan } = stage();
  assert.deepEqual(plan({ ...peers('10.0.0.2'), ...given }).warnings, []);
  assert.deepEqual(plan(peers('')).warnings, []);
  assert.match(plan(peers('10.0.0.2')).warnings[0] ?? '', /^No subnet was given/);
  const open = { ipam: { driver: '', pools: [{ subnet: '10.9.0.0/16' }] } };
  assert.match(plan({ ...peers('10.0.0.2'), ...open }).warnings[0] ?? '', /^No ip-range was given/);
});

test('it has a bridge and a tunnel to each host, told of others later, and leaves nothing', async () => {
  const { make, remove, links, netlink, active, refuses } = stage();
  const plan = await make({ ...peers('10.0.0.2, 10.0.0.3'), ...given, name: 'one' });
  const short = plan.network.id.slice(0, 12);
  assert.deepEqual(links(), [`ov-${short}`, `vx-${short}`]);
  using host = netlink.connect();
  const told = (): readonly string[] =>
    host.forwardings().map(({ macAddress, to }) => `${macAddress} ${formatIp(to)}`);
  const zeros = '00:00:00:00:00:00';
  assert.deepEqual(told(), [`${zeros} 10.0.0.2`, `${zeros} 10.0.0.3`]);
  const network = active.get(plan.network.id);
  assert.ok(network instanceof OverlayNetwork);
  const macAddress = '02:42:0a:09:02:01';
  network.setPeers([{ host: ip('10.0.0.3'), macAddresses: [macAddress] }]);
  assert.deepEqual(told(), [`${zeros} 10.0.0.3`, `${macAddress} 10.0.0.3`]);
  setPeers(network, []);
  assert.deepEqual(told(), []);
  const vni = plan.overlay?.vni;
  refuses(
    peers('', { 'com.docker.network.driver.overlay.vxlanid_list': `${vni}` }),
    'forbidden',
    `network one is already using the VXLAN id ${vni} on udp port 4789`,
  );
  await remove(plan);
  assert.deepEqual(links(), []);
});

test('a MAC address is that of the IP address, and a router is one that is named', async () => {
  const { make, active } = stage();
  const plan = await make({ ...peers(''), ...given });
  const place = active.get(plan.network.id)?.reserve(undefined) ?? assert.fail();
  assert.deepEqual([place.ipv4Address, place.macAddress], ['10.9.1.0', '02:42:0a:09:01:00']);
  assert.deepEqual([place.gateway, place.ipv4PrefixLength], ['', 16]);
  const pools = [{ subnet: '10.10.0.0/24', gateway: '10.10.0.1' }];
  const routed = await make({ ...peers(''), name: 'routed', ipam: { driver: '', pools } });
  const other = active.get(routed.network.id)?.reserve(undefined);
  assert.deepEqual([other?.ipv4Address, other?.gateway], ['10.10.0.2', '10.10.0.1']);
});

test('a network is the same after it was on disk', () => {
  const { warnings: _none, subnets: _taken, ...stored } = stage().plan({ ...peers('10.0.0.2'), ...given });
  assert.deepEqual(decodeNetwork(JSON.parse(JSON.stringify(encodeNetwork(stored)))), stored);
});
