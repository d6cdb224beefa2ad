// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Stage, dnsStage as stage, ip, read, textOf } from '../../../test/support/dns-stage.ts';
import type { AskedQuery } from '../../adapters/dns-sockets/fake.ts';
import type { DnsTransport } from '../../adapters/dns-sockets/index.ts';
import { EngineError } from '../../base/errors.ts';
import { encodeMessage } from '../../spec/dns/encode.ts';
import {
  type DnsMessage,
  type DnsRecord,
  RCODE,
  TYPE,
  dnsQuery,
  ednsRecord,
} from '../../spec/dns/message.ts';
import type { NamedSandbox } from '../networks/index.ts';

const HOST = { address: '10.9.0.1', fromHost: true };
const OWN = { address: '10.9.0.2', fromHost: false };
const THIRD = { address: '10.9.0.3', fromHost: true };
const FOURTH = { address: '10.9.0.4', fromHost: true };
const asks = ({ sockets }: Stage): readonly string[] =>
  sockets.asked.map(({ server, transport, namespace }) =>
    [transport, server.address, server.port, ...(namespace === '' ? [] : ['inside'])].join(' '),
  );
/** Lets what is ready run. */
const settle = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const last = ({ sockets }: Stage): AskedQuery => sockets.asked.at(-1) ?? assert.fail('nobody was asked');
const replyOf = (
  asked: AskedQuery,
  changes: Partial<DnsMessage['header']> = {},
  address?: string,
): DnsMessage => {
  const query = read(asked.query);
  const data = { kind: 'address', address: ip(address ?? '1.1.1.1') } as const;
  const answer = { name: query.questions[0]?.name ?? '', type: TYPE.a, class: 1, ttl: 5, data };
  return {
    ...query,
    header: { ...query.header, response: true, ...changes },
    answers: address === undefined ? [] : [answer],
  };
};
const say = (asked: AskedQuery, message: DnsMessage): void => asked.events.received(encodeMessage(message));
const failing = { failed: new EngineError('unavailable', 'recv: ECONNREFUSED') };

const forwarding = (context: TestContext, upstreams: NamedSandbox['upstreams']) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const here = stage();
  const web = here.join('web', '10.0.0.2', { upstreams });
  const begin = (query = dnsQuery(77, 'example.org', TYPE.a), transport: DnsTransport = 'udp') =>
    Promise.resolve(here.ask(web, query, transport)).then(read);
  return { here, web, begin, pass: async (time: number) => (context.mock.timers.tick(time), settle()) };
};

test('what is not known is asked of the servers, with all that the client said, and the reply passed on', async (context) => {
  const { here, begin } = forwarding(context, [HOST, OWN]);
  const reply = begin(
    dnsQuery(77, 'Example.org', TYPE.a, [ednsRecord(1400, Buffer.from('000a0001ff', 'hex'))]),
  );
  assert.deepEqual(asks(here), ['udp 10.9.0.1 53']);
  const sent = read(last(here).query);
  assert.notEqual(sent.header.id, 77);
  assert.deepEqual(sent.additionals, [ednsRecord(1400, Buffer.from('000a0001ff', 'hex'))]);
  say(last(here), replyOf(last(here), { authenticData: true }, '1.2.3.4'));
  const { header, answers } = await reply;
  assert.deepEqual([header.id, header.authenticData, answers.map(textOf)], [77, true, ['1.2.3.4']]);
  assert.ok(last(here).over);
});

test('every type but A, AAAA, PTR and MX is asked of others, whoever has the name', async (context) => {
  const { here, begin } = forwarding(context, [OWN]);
  for (const type of [TYPE.txt, TYPE.srv, TYPE.any, TYPE.cname, TYPE.soa, TYPE.ns, TYPE.ptr]) {
    const reply = begin(dnsQuery(1, 'web', type));
    say(last(here), replyOf(last(here), { rcode: RCODE.nameError }));
    assert.equal((await reply).header.rcode, RCODE.nameError);
  }
  assert.deepEqual(asks(here), Array(7).fill('udp 10.9.0.2 53 inside'));
});

test('a server that fails is followed by the next one, three at most', async (context) => {
  const { here, begin } = forwarding(context, [HOST, OWN, THIRD, FOURTH]);
  const reply = begin();
  say(last(here), replyOf(last(here), { rcode: RCODE.serverFailure }));
  await settle();
  say(last(here), replyOf(last(here), { rcode: RCODE.refused }));
  await settle();
  last(here).events.failed(failing.failed);
  const { header, answers, questions } = await reply;
  assert.deepEqual([header.id, header.rcode, answers.length], [77, RCODE.serverFailure, 0]);
  assert.equal(questions[0]?.name, 'example.org');
  assert.deepEqual(asks(here), ['udp 10.9.0.1 53', 'udp 10.9.0.2 53 inside', 'udp 10.9.0.3 53']);
});

test('beside a silent server the next is asked, and its answer taken', async (context) => {
  const { here, begin, pass } = forwarding(context, [HOST, OWN]);
  const reply = begin();
  await pass(1500);
  assert.equal(here.sockets.asked.length, 2);
  say(last(here), replyOf(last(here), {}, '1.2.3.4'));
  assert.deepEqual((await reply).answers.map(textOf), ['1.2.3.4']);
  assert.ok(here.sockets.asked.every(({ over }) => over));
});

test('the "no such name" of a later server waits for the first', async (context) => {
  const { here, begin, pass } = forwarding(context, [HOST, OWN]);
  const reply = begin();
  const slow = last(here);
  await pass(1500);
  say(last(here), replyOf(last(here), { rcode: RCODE.nameError }));
  await settle();
  say(slow, replyOf(slow, {}, '5.6.7.8'));
  assert.deepEqual((await reply).answers.map(textOf), ['5.6.7.8']);
});

test('nobody waits for a server that was late or silent before, until it replies', async (context) => {
  const { here, begin, pass } = forwarding(context, [HOST, OWN]);
  const askedSince = (count: number): number => here.sockets.asked.length - count;
  const first = begin();
  await pass(1500);
  say(last(here), replyOf(last(here), { rcode: RCODE.nameError }));
  await pass(2500);
  assert.equal((await first).header.rcode, RCODE.nameError);

  let before = here.sockets.asked.length;
  const second = begin();
  assert.equal(askedSince(before), 2);
  say(last(here), replyOf(last(here), { rcode: RCODE.nameError }));
  assert.equal((await second).header.rcode, RCODE.nameError);

  before = here.sockets.asked.length;
  const third = begin();
  const revived = here.sockets.asked.at(-2) ?? assert.fail();
  say(revived, replyOf(revived, {}, '1.2.3.4'));
  assert.deepEqual((await third).answers.map(textOf), ['1.2.3.4']);
  before = here.sockets.asked.length;
  void begin();
  assert.equal(askedSince(before), 1);
});

test('servers that are silent for four seconds have failed', async (context) => {
  const { here, begin, pass } = forwarding(context, [HOST]);
  const reply = begin();
  await pass(3999);
  assert.ok(!last(here).over);
  await pass(1);
  assert.equal((await reply).header.rcode, RCODE.serverFailure);
});

test('what is no reply to the question is not taken for one', async (context) => {
  const { here, begin } = forwarding(context, [HOST]);
  const reply = begin();
  const asked = last(here);
  const good = replyOf(asked, {}, '6.6.6.6');
  const lies: readonly DnsMessage[] = [
    { ...good, header: { ...good.header, id: good.header.id ^ 1 } },
    { ...good, header: { ...good.header, response: false } },
    { ...good, questions: [] },
    { ...good, questions: [{ name: 'example.com', type: TYPE.a, class: 1 }] },
    { ...good, questions: [{ name: 'example.org', type: TYPE.aaaa, class: 1 }] },
    { ...good, questions: [...good.questions, ...good.questions] },
  ];
  for (const lie of lies) say(asked, lie);
  asked.events.received(Buffer.from('rubbish'));
  asked.events.received(encodeMessage(good).subarray(0, -1));
  await settle();
  say(asked, replyOf(asked, {}, '1.2.3.4'));
  assert.deepEqual((await reply).answers.map(textOf), ['1.2.3.4']);
});

test('a truncated reply is asked for again on a connection, and cut to what the client takes', async (context) => {
  const { here, begin } = forwarding(context, [HOST]);
  const longReply = (asked: AskedQuery): DnsMessage => {
    const reply = replyOf(asked, {}, '1.2.3.4');
    return { ...reply, answers: Array(50).fill(reply.answers[0]) as DnsRecord[] };
  };
  const whole = begin(dnsQuery(5, 'example.org', TYPE.a, [ednsRecord(4096)]));
  say(last(here), replyOf(last(here), { truncated: true }));
  await settle();
  say(last(here), longReply(last(here)));
  assert.equal((await whole).answers.length, 50);
  assert.deepEqual(asks(here), ['udp 10.9.0.1 53', 'tcp 10.9.0.1 53']);

  const small = begin(dnsQuery(5, 'example.org', TYPE.a));
  say(last(here), replyOf(last(here), { truncated: true }));
  await settle();
  say(last(here), longReply(last(here)));
  const cut = await small;
  assert.deepEqual([cut.header.id, cut.header.truncated, cut.answers.length], [5, true, 30]);

  const unreachable = begin(dnsQuery(5, 'example.org', TYPE.a));
  say(last(here), replyOf(last(here), { truncated: true }));
  await settle();
  last(here).events.failed(failing.failed);
  assert.equal((await unreachable).header.truncated, true);

  const connected = begin(dnsQuery(5, 'example.org', TYPE.a), 'tcp');
  assert.equal(asks(here).at(-1), 'tcp 10.9.0.1 53');
  say(last(here), longReply(last(here)));
  assert.equal((await connected).answers.length, 50);
});

test("in internal networks the host's servers are not asked, until another network leads out", async (context) => {
  const { here, web, begin } = forwarding(context, [HOST, OWN]);
  here.dns.changed({ ...web, leadsOut: false });
  void begin();
  assert.deepEqual(asks(here), ['udp 10.9.0.2 53 inside']);
  here.dns.changed({ ...web, leadsOut: false, upstreams: [HOST] });
  assert.equal((await begin()).header.rcode, RCODE.serverFailure);
  here.dns.changed({ ...web, upstreams: [HOST] });
  void begin();
  assert.equal(asks(here).at(-1), 'udp 10.9.0.1 53');
});

test('of more than 1024 queries that wait the rest is refused', async (context) => {
  const { here, begin, pass } = forwarding(context, [HOST]);
  const waiting = Array.from({ length: 1024 }, async () => begin());
  assert.equal((await begin()).header.rcode, RCODE.refused);
  assert.equal(here.sockets.asked.length, 1024);
  await pass(4000);
  assert.ok((await Promise.all(waiting)).every(({ header }) => header.rcode === RCODE.serverFailure));
  void begin();
  assert.equal(here.sockets.asked.length, 1025);
});
