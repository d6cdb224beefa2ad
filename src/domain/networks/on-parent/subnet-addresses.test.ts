// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../../base/errors.ts';
import { formatIp } from '../../../spec/ip.ts';
import { SubnetAddresses, placeOf } from './subnet-addresses.ts';

const subnet = (text: string, more: object = {}) => ({ subnet: text, reserved: [], given: true, ...more });
const two = () =>
  new SubnetAddresses(
    [subnet('10.1.0.0/30', { gateway: '10.1.0.1' }), subnet('10.2.0.0/29', { reserved: ['10.2.0.1'] })],
    'net (id)',
  );
const takes = (addresses: SubnetAddresses, asked = '', former = ''): string => {
  const taken = addresses.take(4, asked, former);
  return taken ? `${formatIp(taken.address)}/${taken.length}` : 'nothing';
};

test('a subnet that is full hands over to the next, which has its own router or none', () => {
  const addresses = two();
  assert.equal(takes(addresses), '10.1.0.2/30');
  const next = addresses.take(4, '');
  assert.deepEqual(placeOf(next, undefined, true), {
    ipv4Address: '10.2.0.2',
    ipv4PrefixLength: 29,
    gateway: '',
    ipv6Address: '',
    ipv6PrefixLength: 0,
    ipv6Gateway: '',
  });
  addresses.release('10.1.0.2');
  const back = addresses.take(4, '');
  assert.equal(placeOf(back, undefined, true).gateway, '10.1.0.1');
  assert.equal(placeOf(back, undefined, false).gateway, '');
});

test('an address that is asked for is that one or none, one that was had before is that one or another', () => {
  const addresses = two();
  assert.equal(takes(addresses, '10.2.0.5'), '10.2.0.5/29');
  assert.throws(() => takes(addresses, '10.2.0.5'), /^EngineError: Address already in use$/);
  assert.throws(
    () => takes(addresses, '10.1.0.1'),
    (error) => isKind(error, 'forbidden'),
  );
  assert.equal(takes(addresses, '', '10.2.0.6'), '10.2.0.6/29');
  assert.equal(takes(addresses, '', '10.2.0.6'), '10.1.0.2/30');
  assert.equal(takes(addresses, '', '10.9.0.6'), '10.2.0.2/29');
});

test('a family that the network has not gives nothing, a full network says so', () => {
  const addresses = new SubnetAddresses([subnet('10.1.0.0/30')], 'net (id)');
  assert.equal(addresses.take(6, ''), undefined);
  addresses.claim('10.1.0.1');
  assert.equal(takes(addresses), '10.1.0.2/30');
  assert.throws(() => takes(addresses), {
    message: "no available IPv4 addresses on this network's address pools: net (id)",
  });
});
