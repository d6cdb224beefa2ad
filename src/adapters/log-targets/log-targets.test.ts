// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logTargetsContract } from './contract.ts';
import { createFakeLogTargets } from './fake.ts';
import { sysFailure } from '../../sys/errno.ts';
import { dialReason, fileError, writeFailure } from './go-error.ts';

logTargetsContract('fake log targets', async () => {
  const targets = createFakeLogTargets();
  for (const place of ['127.0.0.1:1', '/no/such/socket']) targets.absent.add(place);
  targets.answer = () => undefined;
  return { targets, port: 514 };
});

const system = (code: string, fields: object = {}): Error =>
  Object.assign(new Error(code), { code, ...fields });

test('why a connection fails is told as Go tells it', () => {
  const reason = (error: unknown): string => dialReason(error, 'tcp', 'logs.example', 'logs.example:514');
  assert.equal(
    reason(system('ECONNREFUSED', { address: '::1', port: 514 })),
    'dial tcp [::1]:514: connect: connection refused',
  );
  assert.equal(reason(system('EHOSTUNREACH')), 'dial tcp logs.example:514: connect: no route to host');
  assert.equal(reason(system('ENOTFOUND')), 'dial tcp: lookup logs.example: no such host');
  assert.equal(
    reason(new AggregateError([system('EACCES'), system('ETIMEDOUT', { address: '10.0.0.1', port: 514 })])),
    'dial tcp 10.0.0.1:514: i/o timeout',
  );
  assert.match(reason(system('DEPTH_ZERO_SELF_SIGNED_CERT')), /signed by unknown authority$/);
  assert.match(reason(system('EPROTO')), /^tls: first record does not look like a TLS handshake$/);
  const unixgram = dialReason(sysFailure(2, 'connect', '/x'), 'unixgram', '/x', '/x');
  assert.equal(unixgram, 'dial unixgram /x: connect: no such file or directory');
  assert.equal(reason(new Error('other')), 'other');
});

test('why a write or a file fails is told as Go tells it', () => {
  assert.equal(writeFailure(system('EPIPE'), 'tcp', 'x:1').message, 'write tcp x:1: write: broken pipe');
  assert.equal(
    writeFailure(system('EMSGSIZE'), 'unixgram', '/x').message,
    'write unixgram /x: write: message too long',
  );
  assert.equal(fileError(system('EISDIR'), 'open', '/x').message, 'open /x: is a directory');
});
