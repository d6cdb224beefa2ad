// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asEngineError, grpcCodeOf, toEngineError } from './engine-error.ts';
import { GrpcError, codeOf, decodeMessage } from './grpc-error.ts';

test('the runtime’s text and the gRPC error behind it are kept', () => {
  const text = 'OCI runtime create failed: exec: "nope": executable file not found in $PATH: unknown';
  const cause = new GrpcError(codeOf('2'), text, '/tasks/Create');
  const error = toEngineError(cause);
  assert.equal(error.message, text);
  assert.equal(error.cause, cause);
  assert.equal(error.kind, 'internal');
  assert.equal(grpcCodeOf(error), 'UNKNOWN');
});

test('each code has the kind by which the API answers', () => {
  const kinds = ['1', '3', '4', '5', '6', '7', '8', '9', '12', '14', '16', '99'].map(
    (status) => toEngineError(new GrpcError(codeOf(status), '', '')).kind,
  );
  assert.deepEqual(kinds, [
    'cancelled',
    'invalid-argument',
    'unavailable',
    'not-found',
    'conflict',
    'forbidden',
    'insufficient-storage',
    'conflict',
    'not-implemented',
    'unavailable',
    'unauthorized',
    'internal',
  ]);
});

test('a full disk is told as such, whatever code carries it', () => {
  const error = new GrpcError('UNKNOWN', 'write /data/ingest: no space left on device: unknown', '');
  assert.equal(toEngineError(error).kind, 'insufficient-storage');
});

test('an answer that cannot be read is an internal error with its cause', () => {
  const cause = new RangeError('premature EOF');
  const error = asEngineError(cause, '/x');
  assert.equal(error.kind, 'internal');
  assert.equal((error.cause as GrpcError).cause, cause);
});

test('a message is decoded, and left as it is where it is not encoded well', () => {
  assert.equal(decodeMessage('a%20%E2%82%AC'), 'a €');
  assert.equal(decodeMessage('100% sure'), '100% sure');
});
