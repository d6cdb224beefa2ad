// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SilentServers } from './silent-servers.ts';

const HOST = { address: '10.0.0.1', fromHost: true };
const OWN = { address: '10.0.0.1', fromHost: false };

test('what a server was is remembered for half a minute, by namespace unless it is the host that asks', () => {
  const clock = { now: 5 };
  const servers = new SilentServers(() => clock.now);
  servers.note(HOST, '/a', 'late');
  servers.note(OWN, '/a', 'silent');
  servers.note(OWN, '/a', 'late');
  assert.deepEqual([servers.find(HOST, '/b'), servers.find(OWN, '/a')], ['late', 'silent']);
  assert.equal(servers.find(OWN, '/b'), undefined);
  servers.forget(HOST, '/c');
  assert.equal(servers.find(HOST, '/a'), undefined);
  clock.now += 30_000;
  assert.equal(servers.find(OWN, '/a'), undefined);
});

test('the oldest are forgotten when there are many', () => {
  const servers = new SilentServers(() => 0);
  for (let index = 0; index < 300; index += 1)
    servers.note({ address: `${index}`, fromHost: true }, '', 'silent');
  const known = Array.from({ length: 300 }, (_, index) =>
    servers.find({ address: `${index}`, fromHost: true }, ''),
  );
  assert.deepEqual([known.filter(Boolean).length, known[0], known[299]], [256, undefined, 'silent']);
});
