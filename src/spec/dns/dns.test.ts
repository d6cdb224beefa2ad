// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ipFromBytes, parseIp } from '../ip.ts';
import { decodeHeader, decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import {
  CLASS_INTERNET,
  type DnsData,
  type DnsMessage,
  type DnsRecord,
  PLAIN_HEADER,
  TYPE,
  datagramSize,
  dnsQuery,
  ednsRecord,
} from './message.ts';
import { foldName, labelsOf, nameBytes, readName } from './name.ts';
import { reverseName, reversedIp } from './reverse.ts';

const ip = (text: string) => parseIp(text) ?? assert.fail(text);

/** A name out of labels of any octets, as it is read from a message. */
const names = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 6 })
  .map((labels) =>
    Buffer.concat([...labels.map((label) => Buffer.concat([Buffer.of(label.length), label])), Buffer.of(0)]),
  )
  .map((bytes) => readName(bytes, 0)?.name ?? assert.fail('a name'));

const plainData: fc.Arbitrary<readonly [type: number, data: DnsData]> = fc.oneof(
  fc
    .uint8Array({ minLength: 4, maxLength: 4 })
    .map((bytes) => [TYPE.a, { kind: 'address', address: ipFromBytes(bytes) }] as const),
  fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => [TYPE.aaaa, { kind: 'address', address: ipFromBytes(bytes) }] as const),
  names.map((name) => [TYPE.ptr, { kind: 'name', name }] as const),
  fc
    .tuple(fc.nat(65_535), fc.nat(65_535), fc.nat(65_535), names)
    .map(
      ([priority, weight, port, target]) =>
        [TYPE.srv, { kind: 'service', priority, weight, port, target }] as const,
    ),
  fc
    .uint8Array({ maxLength: 40 })
    .map((bytes) => [TYPE.txt, { kind: 'raw', bytes: Buffer.from(bytes) }] as const),
);
const records: fc.Arbitrary<DnsRecord> = fc
  .tuple(names, plainData, fc.nat(0xffff_ffff))
  .map(([name, [type, data], ttl]) => ({ name, type, class: CLASS_INTERNET, ttl, data }));
const flag = fc.boolean();
const PLAIN = { noNullPrototype: true } as const;
const messages: fc.Arbitrary<DnsMessage> = fc.record(
  {
    header: fc.record(
      {
        id: fc.nat(65_535),
        response: flag,
        opcode: fc.nat(15),
        authoritative: flag,
        truncated: fc.constant(false),
        recursionDesired: flag,
        recursionAvailable: flag,
        authenticData: flag,
        checkingDisabled: flag,
        rcode: fc.nat(15),
      },
      PLAIN,
    ),
    questions: fc.array(
      fc
        .tuple(names, fc.nat(65_535), fc.nat(65_535))
        .map(([name, type, recordClass]) => ({ name, type, class: recordClass })),
      {
        maxLength: 2,
      },
    ),
    answers: fc.array(records, { maxLength: 6 }),
    authorities: fc.array(records, { maxLength: 2 }),
    additionals: fc.array(records, { maxLength: 2 }),
  },
  PLAIN,
);

test('what is encoded is decoded to the same message', () => {
  fc.assert(
    fc.property(messages, (message) => assert.deepEqual(decodeMessage(encodeMessage(message)), message)),
  );
});

test('any octets are a message or none, and cut ones never fail', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      decodeMessage(bytes);
    }),
  );
  fc.assert(
    fc.property(messages, fc.nat(), fc.nat(255), (message, place, octet) => {
      const bytes = encodeMessage(message);
      decodeMessage(bytes.subarray(0, place % bytes.length));
      bytes[place % bytes.length] = octet;
      decodeMessage(bytes);
    }),
  );
});

test('what does not fit is left out and told of, and the OPT record stays', () => {
  fc.assert(
    fc.property(messages, fc.integer({ min: 512, max: 1232 }), (message, limit) => {
      const edns = { ...message, questions: message.questions.slice(0, 1), additionals: [ednsRecord(4096)] };
      const bytes = encodeMessage(edns, limit);
      assert.ok(bytes.length <= limit);
      const read = decodeMessage(bytes) ?? assert.fail('a message');
      assert.equal(
        read.header.truncated,
        read.answers.length + read.authorities.length < edns.answers.length + edns.authorities.length,
      );
      assert.deepEqual(read.answers, edns.answers.slice(0, read.answers.length));
      assert.equal(datagramSize(read), 4096);
    }),
  );
});

test('a query stands as RFC 1035 draws it', () => {
  assert.equal(
    encodeMessage(dnsQuery(0x1234, 'web.net', TYPE.a)).toString('hex'),
    '12340100000100000000000003776562036e65740000010001',
  );
});

test('a name that stood before is a pointer', () => {
  const answer: DnsRecord = {
    name: 'web',
    type: TYPE.a,
    class: 1,
    ttl: 600,
    data: { kind: 'address', address: ip('10.0.0.1') },
  };
  const bytes = encodeMessage({ ...dnsQuery(1, 'web', TYPE.a), header: PLAIN_HEADER, answers: [answer] });
  assert.equal(bytes.subarray(21).toString('hex'), 'c00c0001000100000258' + '0004' + '0a000001');
});

test('pointers that go in circles or forwards, long labels and long names are malformed', () => {
  for (const hex of ['c000', 'c002', '0161c000', '40', '03', '0361', 'ff', 'c0'])
    assert.equal(readName(Buffer.from(hex, 'hex'), 0), undefined, hex);
  const long = Buffer.concat([...Array.from({ length: 128 }, () => Buffer.from([1, 97])), Buffer.of(0)]);
  assert.equal(readName(long, 0), undefined);
  assert.equal(readName(long, 4)?.name.length, 2 * 126 - 1);
  assert.equal(decodeHeader(Buffer.alloc(11)), undefined);
});

test('octets that could be mistaken are escaped', () => {
  const bytes = Buffer.from('03612e62015c020a00' + '00', 'hex');
  const { name } = readName(bytes, 0) ?? assert.fail('a name');
  assert.equal(name, 'a\\.b.\\\\.\\010\\000');
  assert.deepEqual(labelsOf(name), ['a\\.b', '\\\\', '\\010\\000']);
  assert.deepEqual(
    nameBytes(name)?.map((label) => label.toString('hex')),
    ['612e62', '5c', '0a00'],
  );
  for (const bad of ['.', 'a.', '.a', 'a..b', 'x\\', 'x'.repeat(64)])
    assert.equal(nameBytes(bad), undefined, bad);
  assert.deepEqual(nameBytes(''), []);
  assert.equal(foldName('Web.NET'), 'web.net');
});

test('reverse names lead to their addresses and back', () => {
  for (const text of ['10.1.2.3', 'fd00::1:2', '::'])
    assert.deepEqual(reversedIp(reverseName(ip(text))), ip(text));
  assert.equal(reverseName(ip('10.1.2.3')), '3.2.1.10.in-addr.arpa');
  assert.deepEqual(reversedIp('3.2.1.10.IN-ADDR.ARPA'), ip('10.1.2.3'));
  for (const bad of ['2.1.10.in-addr.arpa', 'x.2.1.10.in-addr.arpa', '1.ip6.arpa', 'in-addr.arpa', 'web'])
    assert.equal(reversedIp(bad), undefined, bad);
});
