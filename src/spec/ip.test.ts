// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  containsIp,
  formatIp,
  formatIpPrefix,
  ipBytes,
  ipFromBytes,
  lastOf,
  networkOf,
  overlaps,
  parseIp,
  parseIpPrefix,
} from './ip.ts';

const prefix = (text: string) => parseIpPrefix(text) ?? assert.fail(text);
const ip = (text: string) => parseIp(text) ?? assert.fail(text);

test('addresses go through numbers and bytes and come back', () => {
  for (const text of ['0.0.0.0', '172.17.0.1', '255.255.255.255', '::', '::1', 'fd26:9cff:5a0b::2']) {
    assert.equal(formatIp(ip(text)), text);
    assert.deepEqual(ipFromBytes(ipBytes(ip(text))), ip(text));
  }
});

test('what is no address or prefix is undefined', () => {
  for (const text of ['', '1.2.3', '010.0.0.1', '256.1.1.1', 'fe80::1%eth0', 'x'])
    assert.equal(parseIp(text), undefined, text);
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/8/8', 'x/8', '10.0.0.0/', '::/129'])
    assert.equal(parseIpPrefix(text), undefined, text);
});

test('a prefix knows its first and last address and what it contains', () => {
  assert.equal(formatIpPrefix(networkOf(prefix('172.17.3.9/16'))), '172.17.0.0/16');
  assert.equal(formatIp(lastOf(prefix('172.17.3.9/16'))), '172.17.255.255');
  assert.equal(formatIp(lastOf(prefix('fd00::/64'))), 'fd00::ffff:ffff:ffff:ffff');
  assert.ok(containsIp(prefix('0.0.0.0/0'), ip('8.8.8.8')));
  assert.ok(!containsIp(prefix('172.17.0.0/16'), ip('172.18.0.0')));
  assert.ok(!containsIp(prefix('::/0'), ip('8.8.8.8')));
});

test('two subnets overlap when one holds the other', () => {
  assert.ok(overlaps(prefix('172.16.0.0/12'), prefix('172.17.0.0/16')));
  assert.ok(overlaps(prefix('172.17.0.0/16'), prefix('172.16.0.0/12')));
  assert.ok(!overlaps(prefix('172.17.0.0/16'), prefix('172.18.0.0/16')));
});
