// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Stage,
  OTHER,
  dnsStage as stage,
  endpoint,
  ip,
  read,
  textOf,
} from '../../../test/support/dns-stage.ts';
import type { Nftables } from '../../adapters/nftables/index.ts';
import type { SandboxId } from '../../base/ids.ts';
import { encodeMessage } from '../../spec/dns/encode.ts';
import { type DnsMessage, PLAIN_HEADER, RCODE, TYPE, dnsQuery, ednsRecord } from '../../spec/dns/message.ts';
import { reverseName } from '../../spec/dns/reverse.ts';
import type { NamedSandbox } from '../networks/index.ts';
import { listenInside } from './listen-inside.ts';

/** The reply to a question that needs nobody else: its code and its answers. */
const told = ({ ask }: Stage, sandbox: NamedSandbox, name: string, type: number = TYPE.a): string => {
  const reply = ask(sandbox, dnsQuery(7, name, type));
  assert.ok(Buffer.isBuffer(reply), `${name} was not answered at once`);
  const { header, answers } = read(reply);
  return [header.rcode, ...answers.map(textOf)].join(' ');
};
const NOTHING = `${RCODE.noError}`;
/** Nobody is there to ask: the engine does not know it. */
const UNKNOWN = `${RCODE.serverFailure}`;

test('a name leads to its address, whatever its case, with the marks of a resolver', () => {
  const here = stage();
  const web = here.join('web', '10.0.0.2');
  const { header, questions, answers, additionals } = read(
    here.ask(web, dnsQuery(0xbeef, 'WeB', TYPE.a)) as Buffer,
  );
  assert.deepEqual(header, {
    ...PLAIN_HEADER,
    id: 0xbeef,
    response: true,
    recursionDesired: true,
    recursionAvailable: true,
  });
  assert.deepEqual(questions, [{ name: 'WeB', type: TYPE.a, class: 1 }]);
  assert.deepEqual(answers, [
    { name: 'WeB', type: TYPE.a, class: 1, ttl: 600, data: { kind: 'address', address: ip('10.0.0.2') } },
  ]);
  assert.deepEqual(additionals, []);
});

test('every name of an endpoint is known, also with the network behind it, and only in its networks', () => {
  const here = stage();
  const web = here.join('web', '10.0.0.2', {}, { names: ['web', 'api.local', '0123456789ab', 'host1'] });
  const peer = here.join('peer', '10.0.0.3');
  const stranger = here.join('alone', '10.1.0.2', {}, { network: OTHER, networkName: 'other' });
  for (const name of [
    'web',
    'api.local',
    'API.local',
    '0123456789ab',
    'host1',
    'web.mynet',
    'api.local.MyNet',
  ])
    assert.equal(told(here, peer, name), '0 10.0.0.2', name);
  for (const name of ['web.other', 'mynet', 'xweb', 'web.mynet.mynet', ''])
    assert.equal(told(here, peer, name), UNKNOWN);
  assert.equal(told(here, stranger, 'web'), UNKNOWN);
  assert.equal(told(here, web, 'web'), '0 10.0.0.2');
});

test('all who share a name are told of, in an order that chance makes', () => {
  const orders = [(below: number) => below - 1, () => 0].map((random) => {
    const here = stage(random);
    const [first] = ['10.0.0.2', '10.0.0.3', '10.0.0.4'].map((address, index) =>
      here.join(`web${index}`, address, {}, { names: [`web${index}`, 'web'] }),
    );
    return told(here, first ?? assert.fail('no sandbox'), 'web');
  });
  assert.deepEqual(orders, ['0 10.0.0.2 10.0.0.3 10.0.0.4', '0 10.0.0.3 10.0.0.4 10.0.0.2']);
});

test('a known name without an address of the family, or asked for MX, has an empty answer', () => {
  const here = stage();
  const web = here.join('web', '10.0.0.2');
  const six = here.join('six', '', {}, { ipv6Address: 'fd00::2' });
  assert.equal(told(here, web, 'web', TYPE.aaaa), NOTHING);
  assert.equal(told(here, web, 'six'), NOTHING);
  assert.equal(told(here, web, 'six', TYPE.aaaa), '0 fd00::2');
  assert.equal(told(here, six, 'web', TYPE.mx), NOTHING);
  assert.equal(told(here, six, 'none', TYPE.mx), UNKNOWN);
});

test('the first network of the asker that has an address wins', () => {
  const here = stage();
  here.join('web', '10.0.0.2', {}, { ipv6Address: '' });
  here.join('web', '10.1.0.2', {}, { network: OTHER, networkName: 'other', ipv6Address: 'fd01::2' });
  const both = here.join('both', '', {
    endpoints: [endpoint(), endpoint({ network: OTHER, networkName: 'other' })],
  });
  assert.equal(told(here, both, 'web'), '0 10.0.0.2');
  assert.equal(told(here, both, 'web', TYPE.aaaa), '0 fd01::2');
  assert.equal(told(here, both, 'web.other'), '0 10.1.0.2');
});

test('addresses lead to names of the networks of the asker', () => {
  const here = stage();
  const web = here.join('web', '10.0.0.2', {}, { ipv6Address: 'fd00::2' });
  here.join('alone', '10.1.0.2', {}, { network: OTHER, networkName: 'other' });
  const pointer = (address: string): string => told(here, web, reverseName(ip(address)), TYPE.ptr);
  assert.equal(pointer('10.0.0.2'), '0 web.mynet');
  assert.equal(pointer('fd00::2'), '0 web.mynet');
  for (const address of ['10.1.0.2', '10.0.0.9', 'fd00::9']) assert.equal(pointer(address), UNKNOWN);
  assert.equal(told(here, web, 'web', TYPE.ptr), UNKNOWN);
});

test('a link is a name for its container alone', () => {
  const here = stage();
  const id = `fedcba987654${'0'.repeat(52)}`;
  const database = here.join('pg', '10.0.0.2', {}, { names: ['pg', 'fedcba987654'] });
  const links = [
    { alias: 'DB', target: 'pg' },
    { alias: 'byid', target: id },
    { alias: 'gone', target: 'nobody' },
  ];
  const app = here.join('app', '10.0.0.3', {}, { links });
  for (const name of ['db', 'byid', 'db.mynet']) assert.equal(told(here, app, name), '0 10.0.0.2', name);
  assert.equal(told(here, app, 'gone'), UNKNOWN);
  assert.equal(told(here, database, 'db'), UNKNOWN);
});

test('names change at once after a connect, a rename, a disconnect and an end', () => {
  const here = stage();
  const asker = here.join('asker', '10.0.0.9');
  const web = here.join('web', '10.0.0.2');
  assert.equal(told(here, asker, 'web'), '0 10.0.0.2');
  const renamed = {
    ...web,
    containerName: 'www',
    endpoints: [endpoint({ ipv4Address: '10.0.0.2', names: ['www'] })],
  };
  here.dns.changed(renamed);
  assert.equal(told(here, asker, 'web'), UNKNOWN);
  assert.equal(told(here, asker, 'www'), '0 10.0.0.2');
  assert.equal(told(here, asker, reverseName(ip('10.0.0.2')), TYPE.ptr), '0 www.mynet');
  here.dns.changed({ ...renamed, endpoints: [] });
  assert.equal(told(here, asker, 'www'), UNKNOWN);
  assert.equal(told(here, web, 'asker'), UNKNOWN);
  here.dns.changed(renamed);
  assert.equal(told(here, web, 'asker'), '0 10.0.0.9');
  here.dns.closed(web.id);
  here.dns.closed(web.id);
  here.dns.changed(renamed);
  assert.equal(told(here, asker, 'www'), UNKNOWN);
  assert.equal(here.sockets.listening.size, 1);
});

test('a single label that nobody knows is held back when the options ask for dots', () => {
  const here = stage();
  const web = here.join('web', '10.0.0.2', { holdsSingleLabels: true });
  assert.equal(told(here, web, 'single'), NOTHING);
  assert.equal(told(here, web, 'single', TYPE.aaaa), NOTHING);
  assert.equal(told(here, web, 'single', TYPE.txt), UNKNOWN);
  assert.equal(told(here, web, 'two.labels'), UNKNOWN);
});

test('what is no query gets no reply or an error, and replies are cut to the size that the client takes', () => {
  const here = stage();
  const web = here.join('web', '10.0.0.2');
  const query = dnsQuery(9, 'web', TYPE.a);
  const bytes = encodeMessage(query);
  const code = (message: DnsMessage | Buffer): number => read(here.ask(web, message) as Buffer).header.rcode;
  assert.equal(here.ask(web, bytes.subarray(0, 11)), undefined);
  assert.equal(here.ask(web, { ...query, header: { ...query.header, response: true } }), undefined);
  assert.equal(code({ ...query, header: { ...query.header, opcode: 5 } }), RCODE.notImplemented);
  assert.equal(code({ ...query, questions: [] }), RCODE.formatError);
  assert.equal(code({ ...query, questions: [...query.questions, ...query.questions] }), RCODE.formatError);
  assert.equal(code(bytes.subarray(0, -1)), RCODE.formatError);

  for (let number = 0; number < 60; number += 1)
    here.join(`many${number}`, `10.0.1.${number}`, {}, { names: ['many'] });
  const sizes = ([undefined, 100, 900, 4096] as const).map((size) => {
    const edns = size === undefined ? [] : [ednsRecord(size)];
    const reply = here.ask(web, dnsQuery(1, 'many', TYPE.a, edns)) as Buffer;
    assert.ok(reply.length <= Math.max(512, size ?? 0));
    return { size, truncated: read(reply).header.truncated, edns: read(reply).additionals.length };
  });
  assert.deepEqual(sizes, [
    { size: undefined, truncated: true, edns: 0 },
    { size: 100, truncated: true, edns: 1 },
    { size: 900, truncated: true, edns: 1 },
    { size: 4096, truncated: false, edns: 1 },
  ]);
  assert.equal(read(here.ask(web, dnsQuery(1, 'many', TYPE.a), 'tcp') as Buffer).answers.length, 60);
});

test('port 53 is led to the port that is listened at, the same one for a sandbox in every life of the daemon', () => {
  const here = stage();
  const web = here.join('web', '10.0.0.2');
  const [key = ''] = here.sockets.listening.keys();
  const port = key.split(' ').at(-1);
  assert.deepEqual(here.tables(), [
    `ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.11:${port}`,
    `ip daddr 127.0.0.11 tcp dport 53 dnat to 127.0.0.11:${port}`,
  ]);
  here.dns[Symbol.dispose]();
  assert.equal(here.sockets.listening.size, 0);
  here.dns.opened(web);
  here.dns.opened(web);
  assert.deepEqual([...here.sockets.listening.keys()], [key]);
});

test('rules of an earlier daemon stay when they lead to the right port, and are replaced when not', () => {
  const changesWith = (chains: ReadonlyMap<string, number> | undefined): readonly string[] => {
    const changes: string[] = [];
    const never = (): never => assert.fail('not asked for');
    const listener = { udpPort: 40_001, tcpPort: 40_002, [Symbol.dispose]: () => undefined };
    const nftables: Nftables = {
      apply: (all) => void changes.push(...all.map(({ change }) => change)),
      contents: () => chains && { chains, maps: [], sets: [] },
      tables: never,
      elements: never,
      watch: never,
      [Symbol.dispose]: () => undefined,
    };
    const sockets = { listen: () => listener, ask: never };
    listenInside({ sockets, openNftables: () => nftables }, 'a'.repeat(64) as SandboxId, () => undefined);
    return changes;
  };
  assert.deepEqual(changesWith(undefined), ['create-table']);
  assert.deepEqual(changesWith(new Map([['to-40001-40002', 2]])), []);
  assert.deepEqual(changesWith(new Map([['to-40001-40002', 1]])), ['replace-table']);
  assert.deepEqual(changesWith(new Map([['output', 2]])), ['replace-table']);
});
