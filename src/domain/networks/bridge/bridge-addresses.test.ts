// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../../base/errors.ts';
import { parseIp, parseIpPrefix } from '../../../spec/ip.ts';
import { BridgeAddresses } from './bridge-addresses.ts';

const prefix = (text: string) => parseIpPrefix(text) ?? assert.fail(text);
const any = { asked: '', former: '' };

const subnet = () => new BridgeAddresses({ address: prefix('10.1.0.1/29') }, true);

test('the lowest free address is given, and one that was let go of at once', () => {
  const addresses = subnet();
  assert.deepEqual(addresses.take(any, ''), {
    address: '10.1.0.2',
    prefixLength: 29,
    gateway: '10.1.0.1',
  });
  assert.equal(addresses.take(any, '').address, '10.1.0.3');
  addresses.release('10.1.0.2');
  assert.equal(addresses.take(any, '').address, '10.1.0.2');
});

test('who was there before has the same address again, if it is free and of the range', () => {
  const addresses = subnet();
  assert.equal(addresses.take({ ...any, former: '10.1.0.5' }, '').address, '10.1.0.5');
  assert.equal(addresses.take({ ...any, former: '10.1.0.5' }, '').address, '10.1.0.2');
  assert.equal(addresses.take({ ...any, former: '10.1.0.1' }, '').address, '10.1.0.3');
  assert.equal(addresses.take({ ...any, former: '10.9.0.7' }, '').address, '10.1.0.4');
  const range = { address: prefix('10.1.0.1/24'), range: prefix('10.1.0.128/25') };
  assert.equal(
    new BridgeAddresses(range, true).take({ ...any, former: '10.1.0.7' }, '').address,
    '10.1.0.128',
  );
});

test('what is kept from containers is given to none, asked for or not', () => {
  const kept = { reserved: ['10.1.0.2', '10.1.0.3'].map((text) => parseIp(text) ?? assert.fail(text)) };
  const gateway = parseIp('10.1.0.4') ?? assert.fail();
  const addresses = new BridgeAddresses({ address: prefix('10.1.0.1/29'), gateway, ...kept }, true);
  assert.throws(
    () => addresses.take({ ...any, asked: '10.1.0.3' }, ''),
    (error) => isKind(error, 'forbidden') && /^Address already in use$/.test(error.message),
  );
  assert.deepEqual(addresses.take(any, ''), { address: '10.1.0.5', prefixLength: 29, gateway: '10.1.0.4' });
  assert.equal(addresses.take(any, '').address, '10.1.0.6');
});

test('a subnet that is used up says of which family it is, and of which network', () => {
  const six = new BridgeAddresses({ address: prefix('fd00::1/127') }, false);
  assert.throws(
    () => six.take(any, 'net (id)'),
    (error) =>
      isKind(error, 'internal') &&
      error.message === "no available IPv6 addresses on this network's address pools: net (id)",
  );
});

test('a family that the network has not gives nothing', () => {
  const none = new BridgeAddresses(undefined, true);
  assert.equal(none.isServed, false);
  assert.deepEqual(none.take(any, ''), { address: '', prefixLength: 0, gateway: '' });
});
