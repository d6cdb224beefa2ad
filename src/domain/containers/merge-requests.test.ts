// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishRequest } from '../networks/index.ts';
import { mergeRequests } from './merge-requests.ts';

const request = (
  number: number,
  hostPorts: readonly [number, number],
  changes: Partial<PublishRequest> = {},
): PublishRequest => ({ port: { number, protocol: 'tcp' }, hostAddress: '', hostPorts, ...changes });

test('ports that follow each other on both sides are one range, in whatever order they come', () => {
  assert.deepEqual(
    mergeRequests([request(81, [8081, 8081]), request(80, [8080, 8080]), request(82, [8082, 8082])]),
    [{ ...request(80, [8080, 8082]), count: 3 }],
  );
});

test('other addresses, protocols or distances are ranges of their own, and choices stay alone', () => {
  const alone = [
    request(80, [8080, 8080]),
    request(81, [8081, 8081], { hostAddress: '127.0.0.1' }),
    request(81, [8081, 8081], { port: { number: 81, protocol: 'udp' } }),
    request(82, [9000, 9000]),
    request(83, [0, 0]),
    request(84, [0, 0]),
    request(85, [7000, 7010]),
  ];
  assert.deepEqual(mergeRequests(alone), alone);
});

test('the same port twice stays two', () => {
  const twice = [request(80, [8080, 8080]), request(80, [8080, 8080])];
  assert.deepEqual(mergeRequests(twice), twice);
});
