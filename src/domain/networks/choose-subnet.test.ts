// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import { formatIpPrefix, parseIpPrefix } from '../../spec/ip.ts';
import { chooseSubnet, sourcesOf } from './choose-subnet.ts';

const choose = (taken: readonly string[], sources = sourcesOf(4, [], '')): string =>
  formatIpPrefix(
    chooseSubnet(
      sources,
      taken.map((text) => parseIpPrefix(text) ?? assert.fail(text)),
    ),
  );

test('the first subnet is 172.17.0.0/16, and a larger or smaller route in its way moves it on', () => {
  assert.equal(choose([]), '172.17.0.0/16');
  assert.equal(choose(['172.17.4.0/24']), '172.18.0.0/16');
  assert.equal(choose(['172.16.0.0/12']), '192.168.0.0/20');
  assert.equal(choose(['172.16.0.0/12', '192.168.0.0/21']), '192.168.16.0/20');
});

test("sources of one's own are cut in their order", () => {
  assert.equal(choose(['10.10.0.0/24'], [{ base: '10.10.0.0/16', size: 24 }]), '10.10.1.0/24');
});

test('no subnet left and a source that is none are errors', () => {
  assert.throws(
    () => choose(['0.0.0.0/0']),
    (error) => isKind(error, 'not-found') && /fully subnetted/.test(error.message),
  );
  assert.throws(
    () => choose([], [{ base: 'x', size: 24 }]),
    (error) => isKind(error, 'invalid-argument'),
  );
  assert.throws(
    () => choose([], [{ base: '10.0.0.0/24', size: 16 }]),
    (error) => isKind(error, 'invalid-argument'),
  );
});
