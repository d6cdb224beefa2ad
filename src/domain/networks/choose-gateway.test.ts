// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GatewayCandidate, chooseGateways } from './choose-gateway.ts';

const candidate = (networkName: string, changes: Partial<GatewayCandidate> = {}): GatewayCandidate => ({
  networkName,
  gateway: '10.0.0.1',
  ipv6Gateway: '',
  internal: false,
  priority: 0,
  ...changes,
});

const names = (...candidates: readonly GatewayCandidate[]): readonly (string | undefined)[] => {
  const { ipv4, ipv6 } = chooseGateways(candidates);
  return [ipv4?.networkName, ipv6?.networkName];
};

test('packets leave by the network of the highest priority, then by the first name', () => {
  assert.deepEqual(names(candidate('b'), candidate('a')), ['a', undefined]);
  assert.deepEqual(names(candidate('b', { priority: 1 }), candidate('a')), ['b', undefined]);
  assert.deepEqual(names(), [undefined, undefined]);
});

test('docker_gwbridge comes last of the same priority', () => {
  const last = candidate('docker_gwbridge');
  assert.deepEqual(names(last, candidate('z')), ['z', undefined]);
  assert.deepEqual(names(candidate('docker_gwbridge', { priority: 1 }), candidate('z')), [
    'docker_gwbridge',
    undefined,
  ]);
  assert.deepEqual(names(last), ['docker_gwbridge', undefined]);
});

test('they never leave by an internal one', () => {
  assert.deepEqual(names(candidate('a', { internal: true }), candidate('b')), ['b', undefined]);
});

test('a network with both families wins for both', () => {
  const dual = candidate('z', { ipv6Gateway: 'fd00::1' });
  assert.deepEqual(names(candidate('a', { priority: 9 }), dual), ['z', 'z']);
  const six = candidate('c', { gateway: '', ipv6Gateway: 'fd00::1' });
  assert.deepEqual(names(candidate('a'), six), ['a', 'c']);
});
