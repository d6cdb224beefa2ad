// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostsLinesOf } from './hosts-lines.ts';
import type { Endpoint } from './networks.ts';

const endpoint = { networkName: 'net', ipv4Address: '10.0.0.2', ipv6Address: '' } as Endpoint;
const lineOf = (hostname: string, domainname = ''): string | undefined =>
  hostsLinesOf({ hostname, domainname }, [endpoint])[0];

test('the full name comes first, and its first part behind it, however it was given', () => {
  assert.equal(lineOf('web'), '10.0.0.2\tweb');
  assert.equal(lineOf('web', 'example.com'), '10.0.0.2\tweb.example.com web');
  assert.equal(lineOf('web.example.com'), '10.0.0.2\tweb.example.com web');
  assert.equal(lineOf('web.example', 'com'), '10.0.0.2\tweb.example.com web');
});
