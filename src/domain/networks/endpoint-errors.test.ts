// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointRequest } from '../../spec/endpoint-settings.ts';
import { type IpPrefix, parseIpPrefix } from '../../spec/ip.ts';
import { type AddressChoice, endpointErrors } from './endpoint-errors.ts';

const prefix = (text: string): IpPrefix => parseIpPrefix(text) ?? assert.fail(text);
const BOTH: AddressChoice = { predefined: false, ipv4: prefix('10.77.0.1/24'), ipv6: prefix('fd00::1/64') };

const ask = (
  choice: AddressChoice,
  ipv4Address: string,
  ipv6Address = '',
  linkLocalIPs: readonly string[] = [],
): readonly string[] =>
  endpointErrors({ ...endpointRequest.zero, ipamConfig: { ipv4Address, ipv6Address, linkLocalIPs } }, choice);

test('addresses of the subnets are good, others are told of after those that are none', () => {
  assert.deepEqual(ask(BOTH, '10.77.0.9', 'fd00::9', ['169.254.1.1', 'fe80::1']), []);
  assert.deepEqual(ask(BOTH, '10.77.0.09', 'fd01::9', ['x']), [
    'invalid IPv4 address: 10.77.0.09',
    'invalid link-local IP address: x',
    'no configured subnet or ip-range contain the IP address 10.77.0.09',
    'no configured subnet or ip-range contain the IP address fd01::9',
  ]);
});

test('the unspecified address is none, and neither are those of the other family, with a zone or mapped ones', () => {
  const wrong = (text: string, family: 4 | 6): readonly string[] => [
    `invalid IPv${family} address: ${text}`,
    `no configured subnet or ip-range contain the IP address ${text}`,
  ];
  for (const text of ['0.0.0.0', 'fd00::9', '10.77.0.1/24'])
    assert.deepEqual(ask(BOTH, text), wrong(text, 4));
  for (const text of ['::', '10.77.0.9', 'fe80::1%eth0', '::ffff:10.77.0.7'])
    assert.deepEqual(ask(BOTH, '', text), wrong(text, 6));
});

test('without subnets of the client there is no choice', () => {
  assert.deepEqual(ask({ predefined: false }, '10.77.0.9'), [
    'user specified IP address is supported only when connecting to networks with user configured subnets',
  ]);
});
