// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import type { NetworkId } from '../../base/ids.ts';
import type { Timestamp } from '../../base/time.ts';
import { filterNetworks, findNetwork } from './find-network.ts';
import type { Network } from './networks.ts';

const network = (name: string, id: string, changes: Partial<Network> = {}): Network => ({
  id: id.padEnd(64, '0') as NetworkId,
  name,
  driver: 'bridge',
  created: 0n as Timestamp,
  scope: 'local',
  ipv4: true,
  ipv6: false,
  internal: false,
  attachable: false,
  ipam: { driver: 'default' },
  options: {},
  labels: {},
  predefined: true,
  configOnly: false,
  configFrom: '',
  ...changes,
});
const networks = [
  network('bridge', 'ab1'),
  network('host', 'ab2', { driver: 'host' }),
  network('ab1', 'cd', { predefined: false, labels: { app: 'web' } }),
];
const list = (filters: Readonly<Record<string, readonly string[]>>): readonly string[] =>
  filterNetworks(networks, { filters }, () => false).map(({ name }) => name);

test('a name goes before an id, and an id may be cut short when it is the only one', () => {
  assert.equal(findNetwork(networks, 'ab1').name, 'ab1');
  assert.equal(findNetwork(networks, 'cd').name, 'ab1');
  assert.equal(findNetwork(networks, 'ab2').name, 'host');
  assert.throws(
    () => findNetwork(networks, 'ab'),
    (error) => isKind(error, 'invalid-argument'),
  );
  for (const missing of ['', 'zz'])
    assert.throws(
      () => findNetwork(networks, missing),
      (error) => isKind(error, 'not-found') && error.message === `network ${missing} not found`,
    );
});

test('filters are joined by and, their values by or', () => {
  assert.deepEqual(list({}), ['bridge', 'host', 'ab1']);
  assert.deepEqual(list({ driver: ['host', 'null'] }), ['host']);
  assert.deepEqual(list({ name: ['^b', 'o'] }), ['bridge', 'host']);
  assert.deepEqual(list({ type: ['custom'] }), ['ab1']);
  assert.deepEqual(list({ type: ['builtin'], id: ['b1'] }), ['bridge']);
  assert.deepEqual(list({ dangling: ['1'] }), ['ab1']);
  assert.deepEqual(list({ label: ['app=web'] }), ['ab1']);
  assert.deepEqual(list({ scope: ['swarm'] }), []);
});

test("unknown filters and values are refused in Docker's words", () => {
  assert.throws(() => list({ foo: ['1'] }), /^EngineError: invalid filter 'foo'$/);
  assert.throws(() => list({ type: ['x'] }), /^EngineError: invalid filter: 'type'='x'$/);
  assert.throws(
    () => list({ dangling: ['x'] }),
    /invalid value for filter 'dangling', must be "true" \(or "1"\)/,
  );
});
