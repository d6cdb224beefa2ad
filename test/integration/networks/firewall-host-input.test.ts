// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { createNetlink } from '../../../src/adapters/netlink/index.ts';
import type { NetworksRoom } from '../../../src/domain/networks/index.ts';
import { type Agent, startAgent } from './agent.ts';
import {
  HOST_ADDRESS6,
  OUTSIDE_ADDRESS6,
  type Peer,
  addIpv6,
  addNetwork,
  addPeer,
  all,
} from './firewall-stage.ts';
import { HOST_ADDRESS, OUTSIDE_ADDRESS, enterPrivateHost } from './private-host.ts';

const host = enterPrivateHost();
const held = new AsyncDisposableStack();
const state: { room?: NetworksRoom; outside?: Agent; here?: Agent; one?: Peer; other?: Peer } = {};
const outside = (): Agent => state.outside ?? assert.fail('no outside');
const one = (): Peer => state.one ?? assert.fail('no peer');
const other = (): Peer => state.other ?? assert.fail('no other peer');

/** As ufw and its like have it: everything refused but what is allowed. */
const HOST_RULES = `
table inet host {
  chain input {
    type filter hook input priority filter; policy drop;
    iifname "lo" accept
    ct state established,related accept
    meta l4proto ipv6-icmp accept
    tcp dport { 8001, 80 } accept
    udp dport 8001 accept
  }
}`;

before(async () => {
  addIpv6(host.outside);
  execFileSync('nft', ['-f', '-'], { input: HOST_RULES });
  state.room = held.use(await host.start({ respectsHostFirewall: true }));
  await addNetwork(state.room, 'front', { number: 1, ipv6: true });
  state.one = held.use(await addPeer(state.room, 'front', 8001));
  state.other = held.use(await addPeer(state.room, 'front', 8002));
  state.outside = held.use(await startAgent(host.outside));
  state.here = held.use(await startAgent(''));
});
after(async () => {
  await held.disposeAsync();
  host[Symbol.dispose]();
});

test('a published port that the host lets in is reached, with the address of the client', async () => {
  assert.equal(await outside().reaches(HOST_ADDRESS, 8001), OUTSIDE_ADDRESS);
  assert.equal(await outside().reaches(HOST_ADDRESS6, 8001), OUTSIDE_ADDRESS6);
  assert.equal(await outside().reaches(HOST_ADDRESS, 8001, 'udp'), OUTSIDE_ADDRESS);
  assert.equal(await outside().reaches(HOST_ADDRESS6, 8001, 'udp'), OUTSIDE_ADDRESS6);
});

test('one that it does not let in is not, from outside; services of the host are as ever', async () => {
  await all(
    outside().misses(HOST_ADDRESS, 8002),
    outside().misses(HOST_ADDRESS6, 8002),
    outside().misses(HOST_ADDRESS, 8002, 'udp'),
    outside().misses(one().ipv4, 80),
    outside().reaches(HOST_ADDRESS, 80),
    outside().misses(HOST_ADDRESS, 81),
  );
});

test('the host itself and containers reach published ports whatever is let in', async () => {
  const here = state.here ?? assert.fail('no agent here');
  await all(
    here.reaches('127.0.0.1', 8002),
    here.reaches(HOST_ADDRESS, 8002),
    one().agent.reaches(HOST_ADDRESS, 8002),
    one().agent.reaches(OUTSIDE_ADDRESS, 80),
  );
});

test('what the host lets in later is reached from then on', async () => {
  await outside().misses(HOST_ADDRESS, 8002);
  execFileSync('nft', ['add', 'rule', 'inet', 'host', 'input', 'tcp', 'dport', '8002', 'accept']);
  assert.equal(await outside().reaches(HOST_ADDRESS, 8002), OUTSIDE_ADDRESS);
  await other()[Symbol.asyncDispose]();
  await outside().misses(HOST_ADDRESS, 8002);
});

test('a daemon without the option takes the cable away', async () => {
  using netlink = createNetlink().connect();
  const cables = () => netlink.links().filter(({ name }) => name.startsWith('berth'));
  assert.equal(cables().length, 2);
  await held.disposeAsync();
  const room = await host.start();
  assert.deepEqual(cables(), []);
  await room[Symbol.asyncDispose]();
});
