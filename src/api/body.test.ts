// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBody, LONGEST_BODY, parseJson, readBody, requireJson } from './body.ts';
import { int64, struct } from '../base/go-json.ts';

test('a body must say that it is JSON', () => {
  assert.doesNotThrow(() => requireJson({ contentType: '', contentLength: 0 }));
  assert.doesNotThrow(() =>
    requireJson({ contentType: 'Application/JSON; charset=utf-8', contentLength: 5 }),
  );
  assert.throws(() => requireJson({ contentType: 'text/plain', contentLength: 5 }), {
    message: "unsupported Content-Type header (text/plain): must be 'application/json'",
  });
  assert.throws(() => requireJson({ contentType: '', contentLength: undefined }), {
    message: 'malformed Content-Type header (): mime: no media type',
  });
});

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test('a body that says it is too long is not read at all', async () => {
  let read = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    read = true;
    yield Buffer.from('x');
  }
  const head = { contentType: 'application/json', contentLength: LONGEST_BODY + 1 };
  await assert.rejects(readBody(head, endless()), { kind: 'invalid-argument' });
  assert.equal(read, false);
});

test('a body that grows too long is left', async () => {
  async function* long(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(1024 * 1024);
  }
  const head = { contentType: 'application/json', contentLength: undefined };
  await assert.rejects(readBody(head, long()), { kind: 'invalid-argument' });
});

test('a character may be cut between chunks', async () => {
  const bytes = Buffer.from('"é"');
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 2);
    yield bytes.subarray(2);
  }
  assert.equal(await readBody({ contentType: '', contentLength: undefined }, cut()), '"é"');
  assert.equal(await readBody({ contentType: '', contentLength: 2 }, chunks('a', 'b')), 'ab');
});

test('bad JSON, a second value and none are told apart', () => {
  assert.throws(() => parseJson('bad'), {
    message: "invalid JSON: invalid character 'b' looking for beginning of value",
  });
  assert.throws(() => parseJson('{} {}'), { message: 'unexpected content after JSON' });
  assert.equal(parseJson(' '), undefined);
  assert.deepEqual(parseJson('{"a":1} '), { a: 1 });
});

test('a value of the wrong type is invalid JSON', () => {
  assert.throws(() => decodeBody(struct('A', { b: int64 }), { B: 'x' }), {
    message: 'invalid JSON: json: cannot unmarshal string into Go struct field A.B of type int64',
  });
});
