// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type IpPrefix, formatIp, parseIp, parseIpPrefix } from '../../spec/ip.ts';
import { AddressPool } from './address-pool.ts';

const ip = (text: string) => parseIp(text) ?? assert.fail(text);
const prefix = (text: string): IpPrefix => parseIpPrefix(text) ?? assert.fail(text);
const pool = (subnet: string, range?: string): AddressPool =>
  new AddressPool({
    subnet: prefix(subnet),
    reserved: [ip('10.0.0.1')],
    ...(range === undefined ? {} : { range: prefix(range) }),
  });
const take = (from: AddressPool): string | undefined => {
  const taken = from.take();
  return taken && formatIp(taken);
};

test('the lowest free address is given, a released one at once again', () => {
  const addresses = pool('10.0.0.0/24');
  assert.deepEqual([take(addresses), take(addresses), take(addresses)], ['10.0.0.2', '10.0.0.3', '10.0.0.4']);
  addresses.release(ip('10.0.0.3'));
  assert.deepEqual([take(addresses), take(addresses)], ['10.0.0.3', '10.0.0.5']);
});

test('network, broadcast and reserved addresses are never given, and the pool ends', () => {
  const addresses = pool('10.0.0.0/29');
  const all = Array.from({ length: 6 }, () => take(addresses));
  assert.deepEqual(all, ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6', undefined]);
});

test('in IPv6 the last address is one like others, and two IPv4 addresses, or one, are all for hosts', () => {
  const six = new AddressPool({ subnet: prefix('fd00::/126'), reserved: [] });
  assert.deepEqual(
    [take(six), take(six), take(six), take(six)],
    ['fd00::1', 'fd00::2', 'fd00::3', undefined],
  );
  const two = new AddressPool({ subnet: prefix('10.0.0.4/31'), reserved: [] });
  assert.deepEqual([take(two), take(two), take(two)], ['10.0.0.4', '10.0.0.5', undefined]);
  const one = new AddressPool({ subnet: prefix('10.0.0.9/32'), reserved: [] });
  assert.deepEqual([take(one), take(one)], ['10.0.0.9', undefined]);
});

test('a range gives its own first address and no other than its own', () => {
  const addresses = pool('10.0.0.0/24', '10.0.0.128/31');
  assert.deepEqual(
    [take(addresses), take(addresses), take(addresses)],
    ['10.0.0.128', '10.0.0.129', undefined],
  );
});

test('a claimed address is not given, and only one claims it', () => {
  const addresses = pool('10.0.0.0/24', '10.0.0.128/25');
  assert.equal(addresses.claim(ip('10.0.0.128')), true);
  assert.equal(addresses.claim(ip('10.0.0.128')), false);
  assert.equal(addresses.claim(ip('10.0.0.7')), true);
  assert.equal(addresses.claim(ip('10.0.1.7')), false);
  assert.equal(take(addresses), '10.0.0.129');
  addresses.release(ip('10.0.0.7'));
  assert.equal(take(addresses), '10.0.0.130');
});
