// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseIp } from '../ip.ts';
import { cutMessage } from './cut.ts';
import { decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { TYPE, dnsQuery, ednsRecord } from './message.ts';

const address = parseIp('192.0.2.1') ?? assert.fail();
const query = dnsQuery(7, 'example.org', TYPE.a);
const reply = {
  ...query,
  header: { ...query.header, response: true },
  answers: Array.from({ length: 100 }, (_, ttl) => ({
    name: 'example.org',
    type: TYPE.a,
    class: 1,
    ttl,
    data: { kind: 'address', address } as const,
  })),
};
const bytes = encodeMessage(reply);
const option = encodeMessage({ ...query, questions: [], additionals: [ednsRecord(1232)] }).subarray(12);

test('a message is cut behind the last answer that fits, and says so', () => {
  const cut = decodeMessage(cutMessage(bytes, 512)) ?? assert.fail('malformed');
  assert.deepEqual(cut.questions, query.questions);
  assert.deepEqual(cut.header, { ...reply.header, truncated: true });
  assert.deepEqual(cut.answers, reply.answers.slice(0, 30));
  const extended = decodeMessage(cutMessage(bytes, 512, option)) ?? assert.fail('malformed');
  const sizes = extended.additionals.map((record) => record.class);
  assert.deepEqual([extended.answers.length, sizes], [29, [1232]]);
  assert.equal(decodeMessage(cutMessage(bytes, 30))?.answers.length, 0);
});

test('whatever it is, no more than the limit comes out of it, and the original stays', () => {
  const copy = Buffer.from(bytes);
  fc.assert(
    fc.property(fc.integer({ min: 29, max: 2000 }), (limit) => cutMessage(bytes, limit).length <= limit),
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 200 }), (any) => {
      const cut = cutMessage(Buffer.from(any), 100);
      return cut.length <= Math.max(100, any.length);
    }),
  );
  assert.deepEqual(bytes, copy);
});
