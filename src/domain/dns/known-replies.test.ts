// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dnsStage as stage, read, textOf } from '../../../test/support/dns-stage.ts';
import { encodeMessage } from '../../spec/dns/encode.ts';
import { TYPE, dnsQuery, ednsRecord } from '../../spec/dns/message.ts';
import { KnownReplies } from './known-replies.ts';

/** Nothing is to be chosen. */
const never = (): number => assert.fail('chance');
const text = (bytes: Buffer | undefined): string | undefined => bytes?.toString();

test('a reply is given again under the number of the new query, as long as nothing has changed', () => {
  const known = new KnownReplies();
  known.keep(Buffer.from('01question'), 1, { bytes: Buffer.from('01answer') });
  assert.equal(text(known.find(Buffer.from('47question'), 1, never)), '47answer');
  assert.equal(known.find(Buffer.from('47other'), 1, never), undefined);
  assert.equal(known.find(Buffer.from('47question'), 2, never), undefined);
  known.keep(Buffer.from('01other'), 2, { bytes: Buffer.from('01more') });
  assert.equal(known.find(Buffer.from('47question'), 2, never), undefined);
  assert.equal(text(known.find(Buffer.from('02other'), 2, never)), '02more');
  known.clear();
  assert.equal(known.find(Buffer.from('02other'), 2, never), undefined);
});

test('long queries and replies are not kept, and no more than so many of others', () => {
  const known = new KnownReplies();
  const long = Buffer.alloc(400);
  known.keep(long, 1, { bytes: long });
  assert.equal(known.find(long, 1, never), undefined);
  known.keep(Buffer.from('01question'), 1, { bytes: Buffer.alloc(1500) });
  assert.equal(known.find(Buffer.from('01question'), 1, never), undefined);
  const queries = Array.from({ length: 1000 }, (_, index) => Buffer.from(`00 ${index}`));
  for (const query of queries) known.keep(query, 1, { bytes: query });
  const kept = queries.filter((query) => known.find(query, 1, never) !== undefined);
  assert.ok(kept.length > 0 && kept.length <= 128, `${kept.length}`);
});

test('the addresses of a shared name change places from answer to answer, whatever the query says besides', () => {
  let round = 0;
  const here = stage((below) => round++ % below);
  const addresses = ['10.0.0.2', '10.0.0.3', '10.0.0.4'];
  const [asker] = addresses.map((address, index) =>
    here.join(`web${index}`, address, {}, { names: ['all'], ipv6Address: `fd00::${index + 2}` }),
  );
  for (const type of [TYPE.a, TYPE.aaaa])
    for (const edns of [[], [ednsRecord(1400)]]) {
      const query = encodeMessage(dnsQuery(1, 'all', type, edns));
      const firsts = new Map<string, number>();
      for (let turn = 0; turn < 60; turn += 1) {
        query.writeUInt16BE(turn, 0);
        const { header, answers, additionals } = read(here.ask(asker ?? assert.fail(), query) as Buffer);
        const told = answers.map(textOf);
        assert.deepEqual([header.id, new Set(told).size, additionals.length], [turn, 3, edns.length]);
        firsts.set(told[0] ?? '', (firsts.get(told[0] ?? '') ?? 0) + 1);
      }
      assert.equal(firsts.size, 3, JSON.stringify([...firsts]));
    }
});
