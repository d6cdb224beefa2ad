// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { NetworksRoom } from '../../../src/domain/networks/index.ts';
import { type Agent, startAgent } from './agent.ts';
import {
  HOST_ADDRESS6,
  OUTSIDE_ADDRESS6,
  type NetworkShape,
  type Peer,
  addHostAddresses,
  addIpv6,
  addNetwork,
  addPeer,
  all,
} from './firewall-stage.ts';
import { HOST_ADDRESS, OUTSIDE_ADDRESS, enterPrivateHost } from './private-host.ts';

const host = enterPrivateHost();
const modes = (mode: string) => ({ gateway_mode_ipv4: mode, gateway_mode_ipv6: mode });

/** Networks by name; each has a container that publishes its ports at 8000 and the network's number. */
const NETWORKS: Readonly<Record<string, NetworkShape>> = {
  front: { number: 1, ipv6: true },
  routed: { number: 2, ipv6: true, options: modes('routed') },
  open: { number: 3, ipv6: true, options: modes('nat-unprotected') },
  closed: { number: 4, ipv6: true, internal: true },
  apart: { number: 5, ipv6: true, options: { enable_icc: 'false' } },
  trusting: { number: 6, ipv6: true, options: { trusted_host_interfaces: 'uplink:nowhere' } },
  mixed: { number: 7, ipv6: true, options: { gateway_mode_ipv6: 'routed' } },
  named: {
    number: 8,
    ipv6: true,
    options: {
      'com.docker.network.host_ipv4': '198.51.100.9',
      'com.docker.network.host_ipv6': '2001:db8:0:9::9',
    },
  },
  bare: { number: 9, options: { enable_ip_masquerade: 'false' } },
};

const held = new AsyncDisposableStack();
const peers = new Map<string, Peer>();
const state: { room?: NetworksRoom; outside?: Agent; here?: Agent } = {};
const peer = (name: string): Peer => peers.get(name) ?? assert.fail(name);
const outside = (): Agent => state.outside ?? assert.fail('no outside');
const here = (): Agent => state.here ?? assert.fail('no agent here');
const room = (): NetworksRoom => state.room ?? assert.fail('no room');

before(async () => {
  addIpv6(host.outside);
  addHostAddresses('198.51.100.9/24', '2001:db8:0:9::9/128');
  state.room = held.use(await host.start());
  state.outside = held.use(await startAgent(host.outside));
  state.here = held.use(await startAgent(''));
  const started = Object.entries(NETWORKS).map(async ([name, shape]) => {
    await addNetwork(room(), name, shape);
    peers.set(name, held.use(await addPeer(room(), name, 8000 + shape.number)));
  });
  await Promise.all(started);
});
after(async () => {
  await held.disposeAsync();
  host[Symbol.dispose]();
});

test('nat: published ports are reached at the host, by both families, and nothing else is', async () => {
  const { ipv4, ipv6 } = peer('front');
  assert.equal(await outside().reaches(HOST_ADDRESS, 8001), OUTSIDE_ADDRESS);
  assert.equal(await outside().reaches(HOST_ADDRESS6, 8001), OUTSIDE_ADDRESS6);
  await all(
    outside().reaches(HOST_ADDRESS, 8001, 'udp'),
    outside().reaches(HOST_ADDRESS6, 8001, 'udp'),
    ...[HOST_ADDRESS, HOST_ADDRESS6, '127.0.0.1', '::1'].map((address) => here().reaches(address, 8001)),
    here().reaches(ipv4, 81),
    ...[80, 81].map((port) => outside().misses(ipv4, port)),
    ...[80, 81].map((port) => outside().misses(ipv6, port)),
    outside().misses(HOST_ADDRESS, 8080),
  );
});

test('a container reaches its own published port, that of a neighbour and that of another network', async () => {
  const { agent, ipv4 } = peer('front');
  await using other = await addPeer(room(), 'front');
  assert.equal(await agent.reaches(HOST_ADDRESS, 8001), '10.9.1.1');
  assert.equal(await other.agent.reaches(HOST_ADDRESS, 8001), '10.9.1.1');
  assert.equal(await other.agent.reaches(HOST_ADDRESS6, 8001), 'fd00:9:1::1');
  assert.equal(await other.agent.reaches(ipv4, 81), other.ipv4);
  // As from outside: the address of the way that it takes.
  assert.equal(await peer('open').agent.reaches(HOST_ADDRESS, 8001), '10.9.1.1');
});

test('what leaves has the address of the host, the one that is asked for, or its own', async () => {
  assert.equal(await peer('front').agent.reaches(OUTSIDE_ADDRESS, 80), HOST_ADDRESS);
  assert.equal(await peer('front').agent.reaches(OUTSIDE_ADDRESS6, 80), HOST_ADDRESS6);
  assert.equal(await peer('routed').agent.reaches(OUTSIDE_ADDRESS, 80), peer('routed').ipv4);
  assert.equal(await peer('routed').agent.reaches(OUTSIDE_ADDRESS6, 80), peer('routed').ipv6);
  assert.equal(await peer('bare').agent.reaches(OUTSIDE_ADDRESS, 80), peer('bare').ipv4);
  assert.equal(await peer('named').agent.reaches(OUTSIDE_ADDRESS, 80), '198.51.100.9');
  assert.equal(await peer('named').agent.reaches(OUTSIDE_ADDRESS6, 80), '2001:db8:0:9::9');
  assert.equal(await peer('mixed').agent.reaches(OUTSIDE_ADDRESS, 80), HOST_ADDRESS);
  assert.equal(await peer('mixed').agent.reaches(OUTSIDE_ADDRESS6, 80), peer('mixed').ipv6);
});

test('routed: published ports are reached at the container, by other networks too, and no others', async () => {
  const { ipv4, ipv6 } = peer('routed');
  assert.equal(await outside().reaches(ipv4, 80), OUTSIDE_ADDRESS);
  assert.equal(await outside().reaches(ipv6, 80), OUTSIDE_ADDRESS6);
  await all(
    outside().reaches(ipv4, 53, 'udp'),
    peer('front').agent.reaches(ipv4, 80),
    peer('front').agent.reaches(ipv6, 80),
    peer('front').agent.misses(ipv4, 81),
    outside().misses(ipv4, 81),
    outside().misses(ipv6, 81),
    outside().misses(HOST_ADDRESS, 8002),
    here().misses('127.0.0.1', 8002),
  );
});

test('nat-unprotected: all ports are reached from outside, and none from other networks', async () => {
  const { ipv4, ipv6 } = peer('open');
  await all(
    outside().reaches(HOST_ADDRESS, 8003),
    outside().reaches(ipv4, 81),
    outside().reaches(ipv6, 81),
    peer('front').agent.reaches(HOST_ADDRESS, 8003),
    peer('front').agent.misses(ipv4, 81),
    peer('front').agent.misses(ipv6, 80),
  );
});

test('a family may be routed while the other is not', async () => {
  const { ipv4, ipv6 } = peer('mixed');
  await all(
    outside().reaches(HOST_ADDRESS, 8007),
    outside().misses(ipv4, 80),
    outside().reaches(ipv6, 80),
    outside().misses(ipv6, 81),
    outside().misses(HOST_ADDRESS6, 8007),
  );
});

test('trusted devices: published ports are reached at the container, through them alone', async () => {
  const { ipv4, ipv6 } = peer('trusting');
  await all(
    outside().reaches(ipv4, 80),
    outside().reaches(ipv6, 80),
    outside().misses(ipv4, 81),
    outside().reaches(HOST_ADDRESS, 8006),
    peer('front').agent.misses(ipv4, 80),
  );
});

test('internal: nothing passes its edge, either way, and its containers reach each other and the host', async () => {
  const { agent, ipv4, ipv6 } = peer('closed');
  await using other = await addPeer(room(), 'closed');
  await all(
    other.agent.reaches(ipv4, 81),
    other.agent.reaches(ipv6, 81),
    here().reaches(ipv4, 80),
    agent.misses(OUTSIDE_ADDRESS, 80),
    agent.misses(peer('front').ipv4, 80),
    outside().misses(ipv4, 80),
    outside().misses(ipv6, 80),
    outside().misses(HOST_ADDRESS, 8004),
    peer('front').agent.misses(ipv4, 80),
  );
});

test('without icc neighbours are apart but for linked ports, and still reach outside', async () => {
  const { agent, ipv4, ipv6 } = peer('apart');
  await using other = await addPeer(room(), 'apart');
  await all(
    other.agent.misses(ipv4, 80),
    other.agent.misses(ipv6, 80),
    agent.misses(other.ipv4, 81),
    outside().reaches(HOST_ADDRESS, 8005),
    other.agent.reaches(OUTSIDE_ADDRESS, 80),
  );
  room().openPorts({
    from: other.container,
    to: peer('apart').container,
    ports: [{ number: 81, protocol: 'tcp' }],
  });
  await all(other.agent.reaches(ipv4, 81), other.agent.misses(ipv4, 80), agent.misses(other.ipv4, 81));
});

test('bridges are apart, and what is addressed to 127.0.0.1 beyond the loopback device is dropped', async () => {
  await all(
    peer('front').agent.misses(peer('bare').ipv4, 80),
    peer('bare').agent.misses(peer('front').ipv4, 80),
    peer('front').agent.misses(peer('trusting').ipv6, 80),
  );
});
