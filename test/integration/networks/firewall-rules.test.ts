// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createNftables } from '../../../src/adapters/nftables/index.ts';
import { type Agent, startAgent } from './agent.ts';
import { HOST_ADDRESS6, addIpv6, addNetwork, addPeer, all } from './firewall-stage.ts';
import { HOST_ADDRESS, OUTSIDE_ADDRESS, enterPrivateHost } from './private-host.ts';

const host = enterPrivateHost();
const state: { outside?: Agent } = {};
const outside = (): Agent => state.outside ?? assert.fail('no outside');
const FORWARD = '/proc/sys/net/ipv4/ip_forward';

before(async () => {
  addIpv6(host.outside);
  state.outside = await startAgent(host.outside);
});
after(async () => {
  await state.outside?.[Symbol.asyncDispose]();
  host[Symbol.dispose]();
});

const nft = (command: string): string =>
  execFileSync('nft', command.split(' '), { encoding: 'utf8', timeout: 10_000 });
/** Without what differs from time to time: tables and elements have no order. */
const ruleset = (): string =>
  nft('-s list ruleset').replaceAll(/elements = \{[^}]*\}/g, (all) =>
    all
      .split(/[{},]/)
      .map((text) => text.trim())
      .toSorted()
      .join('; '),
  );
const lines = (): string => ruleset().split('\n').toSorted().join('\n');
/** Waits until `holds`. */
const until = async (holds: () => boolean, what: () => string): Promise<void> => {
  for (let tries = 0; tries < 500 && !holds(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(holds(), what());
};

test('rules that somebody flushes come back at once with all ports, and users keep theirs otherwise', async () => {
  await using room = await host.start();
  await addNetwork(room, 'front', { number: 1, ipv6: true });
  await using peer = await addPeer(room, 'front', 8001);
  assert.equal(await outside().reaches(HOST_ADDRESS, 8001), OUTSIDE_ADDRESS);
  const before = lines();
  for (const command of [
    'flush ruleset',
    'delete table ip berth-docker0',
    'flush chain ip berth-docker0 passing',
    'flush map ip berth-docker0 published',
  ]) {
    nft(command);
    await until(() => lines() === before, lines);
  }
  await all(
    outside().reaches(HOST_ADDRESS, 8001),
    outside().reaches(HOST_ADDRESS6, 8001),
    outside().misses(peer.ipv4, 80),
  );
  nft('add rule ip berth-docker0 DOCKER-USER counter');
  nft('flush chain ip berth-docker0 local');
  await until(() => /chain local \{\n.*\n.*dnat/.test(ruleset()), ruleset);
  assert.match(ruleset(), /chain DOCKER-USER \{\n\s*counter/);
  nft('flush chain ip berth-docker0 DOCKER-USER');
});

test("users' rules come first, may refuse and let pass, and outlive the engine", async () => {
  {
    await using room = await host.start();
    await using peer = await addPeer(room, 'bridge', 8000);
    nft(
      `add rule ip berth-docker0 DOCKER-USER ip saddr ${OUTSIDE_ADDRESS} meta l4proto tcp ct original proto-dst 8000 drop`,
    );
    await all(outside().misses(HOST_ADDRESS, 8000), outside().misses(peer.ipv4, 81));
    nft('flush chain ip berth-docker0 DOCKER-USER');
    nft(`add rule ip berth-docker0 DOCKER-USER ip saddr ${OUTSIDE_ADDRESS} accept`);
    await all(outside().reaches(HOST_ADDRESS, 8000), outside().reaches(peer.ipv4, 81));
  }
  // Rules may look into the engine's sets.
  nft('add rule ip berth-docker0 DOCKER-USER iifname @bridges counter');
  await using room = await host.start();
  await using peer = await addPeer(room, 'bridge', 8000);
  await outside().reaches(peer.ipv4, 81);
  assert.match(ruleset(), /iifname @bridges counter/);
  nft('flush chain ip berth-docker0 DOCKER-USER');
  await outside().misses(peer.ipv4, 81);
});

test('a host that forwards since the engine came does so for containers alone, if nobody wants more', async () => {
  const before = readFileSync(FORWARD, 'utf8');
  const isClosed = (): boolean => ruleset().includes('chain foreign');
  try {
    writeFileSync(FORWARD, '0');
    await (await host.start({ ipForwardNoDrop: true }))[Symbol.asyncDispose]();
    assert.equal(isClosed(), false);
    writeFileSync(FORWARD, '0');
    {
      await using room = await host.start();
      assert.equal(isClosed(), true);
      await using peer = await addPeer(room, 'bridge', 8000);
      assert.equal(await peer.agent.reaches(OUTSIDE_ADDRESS, 80), HOST_ADDRESS);
      await outside().reaches(HOST_ADDRESS, 8000);
    }
    // It still forwards.
    assert.equal(isClosed(), true);
    await (await host.start())[Symbol.asyncDispose]();
    assert.equal(isClosed(), true);
    await (await host.start({ ipForwardNoDrop: true }))[Symbol.asyncDispose]();
    assert.equal(isClosed(), false);
  } finally {
    writeFileSync(FORWARD, before);
  }
});

test('direct routing lets published ports be reached at the container, from outside', async () => {
  await using room = await host.start({ allowDirectRouting: true });
  await using peer = await addPeer(room, 'bridge', 8000);
  await addNetwork(room, 'side', { number: 2 });
  await using other = await addPeer(room, 'side');
  await all(
    outside().reaches(peer.ipv4, 80),
    outside().reaches(HOST_ADDRESS, 8000),
    outside().misses(peer.ipv4, 81),
    other.agent.misses(peer.ipv4, 80),
  );
});

test('without iptables no table is made, without ip6tables none for IPv6, and ports are reached all the same', async () => {
  {
    await using room = await host.start({ firewall: false });
    await using _peer = await addPeer(room, 'bridge', 8000);
    using nftables = createNftables();
    assert.deepEqual(nftables.tables(), []);
    await all(
      outside().reaches(HOST_ADDRESS, 8000),
      outside().reaches(HOST_ADDRESS6, 8000),
      outside().reaches(HOST_ADDRESS, 8000, 'udp'),
    );
  }
  await using room = await host.start({ firewall6: false });
  await addNetwork(room, 'back', { number: 3, ipv6: true });
  await using _peer = await addPeer(room, 'back', 8001);
  using nftables = createNftables();
  assert.deepEqual(nftables.tables(), ['berth-docker0']);
  await all(outside().reaches(HOST_ADDRESS, 8001), outside().reaches(HOST_ADDRESS6, 8001));
});

test('without a proxy ports are reached by translation alone, from the host and from the container too', async () => {
  await using room = await host.start({ userlandProxy: false });
  await using peer = await addPeer(room, 'bridge', 8000);
  await using here = await startAgent('');
  await all(
    outside().reaches(HOST_ADDRESS, 8000),
    here.reaches('127.0.0.1', 8000),
    here.reaches(HOST_ADDRESS, 8000),
    peer.agent.reaches(HOST_ADDRESS, 8000),
  );
});

test('without masquerading what leaves keeps its address', async () => {
  await using room = await host.start({ ipMasquerade: false });
  await using peer = await addPeer(room, 'bridge');
  assert.equal(await peer.agent.reaches(OUTSIDE_ADDRESS, 80), peer.ipv4);
});
