// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createDnsSockets } from '../../../src/adapters/dns-sockets/index.ts';
import type { DnsTransport } from '../../../src/adapters/dns-sockets/index.ts';
import { createNetlink } from '../../../src/adapters/netlink/index.ts';
import { createNetworkNamespaces } from '../../../src/adapters/netns/index.ts';
import { createNftables } from '../../../src/adapters/nftables/index.ts';
import { type ContainerId, type NetworkId, type SandboxId, randomId } from '../../../src/base/ids.ts';
import { type DnsRoom, createDns } from '../../../src/domain/dns/index.ts';
import type { NamedSandbox } from '../../../src/domain/networks/index.ts';
import { decodeMessage } from '../../../src/spec/dns/decode.ts';
import { encodeMessage } from '../../../src/spec/dns/encode.ts';
import {
  type DnsMessage,
  type DnsRecord,
  RCODE,
  TYPE,
  dnsQuery,
  ednsRecord,
} from '../../../src/spec/dns/message.ts';
import { formatIp, parseIp } from '../../../src/spec/ip.ts';
import { internetAddress } from '../../../src/sys/socket-address.ts';
import {
  AF,
  IPPROTO,
  SOCK,
  bindSocket,
  closeSocket,
  listenSocket,
  openSocket,
} from '../../../src/sys/socket.ts';
import { startDnsUpstream } from '../../support/dns-upstream.ts';
import { runCommand } from '../../support/run-command.ts';
import { enterPrivateHost } from './private-host.ts';

const host = enterPrivateHost();
const namespaces = createNetworkNamespaces();
const sockets = createDnsSockets();
const netlink = createNetlink();
after(() => {
  namespaces[Symbol.dispose]();
  host[Symbol.dispose]();
});

const openRoom = (): DnsRoom =>
  createDns({
    sockets,
    namespaces,
    openNftables: createNftables,
    random: (below) => Math.floor(Math.random() * below),
  });

const NETWORK = randomId<NetworkId>();

/** A namespace with its loopback up, as one of a container. */
const container = (
  name: string,
  address: string,
  changes: Partial<NamedSandbox> = {},
): NamedSandbox & Disposable => {
  const id = randomId<SandboxId>();
  const namespacePath = join(host.folder, 'netns', id);
  namespaces.create(namespacePath, () => {
    using inside = netlink.connect();
    inside.changeLink(1, { up: true });
  });
  const endpoint = {
    network: NETWORK,
    networkName: 'mynet',
    ipv4Address: address,
    ipv6Address: '',
    names: [name, 'shared'],
    links: [],
  };
  return {
    id,
    container: randomId<ContainerId>(),
    containerName: name,
    namespacePath,
    endpoints: [endpoint],
    leadsOut: true,
    upstreams: [],
    holdsSingleLabels: false,
    ...changes,
    [Symbol.dispose]: () => namespaces.remove(namespacePath),
  };
};

/** What a program inside gets from 127.0.0.11:53. */
const ask = async (
  { namespacePath }: NamedSandbox,
  query: DnsMessage | Buffer,
  transport: DnsTransport = 'udp',
): Promise<DnsMessage> => {
  const reply = Promise.withResolvers<Buffer>();
  const events = { received: reply.resolve, failed: reply.reject };
  const timer = setTimeout(() => reply.reject(new Error('no reply')), 30_000);
  const bytes = Buffer.isBuffer(query) ? query : encodeMessage(query);
  using _asking = namespaces.run(namespacePath, () =>
    sockets.ask({ address: '127.0.0.11', port: 53 }, transport, bytes, events),
  );
  return await reply.promise
    .then((received) => decodeMessage(received) ?? assert.fail('a malformed reply'))
    .finally(() => clearTimeout(timer));
};
const textOf = ({ data }: DnsRecord): string =>
  data.kind === 'address' ? formatIp(data.address) : data.kind === 'name' ? data.name : data.kind;
const told = async (
  asker: NamedSandbox,
  name: string,
  type: number = TYPE.a,
  transport: DnsTransport = 'udp',
): Promise<string> => {
  const { header, answers } = await ask(asker, dnsQuery(4711, name, type), transport);
  assert.equal(header.id, 4711);
  return [header.rcode, ...new Set(answers.map(textOf))].join(' ');
};

const LOOPBACK = '127.0.0.53';
/** Sockets inside a container, at port 53 of its loopback. */
const openInside = ({ namespacePath }: NamedSandbox): { readonly udp: number; readonly tcp: number } =>
  namespaces.run(namespacePath, () => {
    const address = internetAddress(parseIp(LOOPBACK) ?? assert.fail(), 53);
    const udp = openSocket(AF.inet, SOCK.datagram | SOCK.nonBlock, IPPROTO.udp);
    const tcp = openSocket(AF.inet, SOCK.stream | SOCK.nonBlock, IPPROTO.tcp);
    bindSocket(udp, address);
    bindSocket(tcp, address);
    listenSocket(tcp, 16);
    return { udp, tcp };
  });

test('containers find each other by name, on both transports, as long as both are there', async () => {
  using dns = openRoom();
  using web = container('web', '10.0.0.2');
  using database = container('db', '10.0.0.3');
  dns.opened(web);
  dns.opened(database);
  for (const transport of ['udp', 'tcp'] as const) {
    assert.equal(await told(web, 'DB', TYPE.a, transport), '0 10.0.0.3');
    assert.equal(await told(database, 'web.mynet', TYPE.a, transport), '0 10.0.0.2');
    assert.equal(await told(database, 'web', TYPE.aaaa, transport), '0');
    assert.equal(await told(web, '3.0.0.10.in-addr.arpa', TYPE.ptr, transport), '0 db.mynet');
  }
  assert.deepEqual((await told(web, 'shared')).split(' ').toSorted(), ['0', '10.0.0.2', '10.0.0.3']);
  dns.changed({ ...database, endpoints: [] });
  assert.equal(await told(web, 'db'), '2');
  assert.equal(await told(database, 'web'), '2');
  dns.closed(web.id);
  await assert.rejects(told(web, 'web'), /ECONNREFUSED/);
});

test("port 53 stays free for the container's own programs", async () => {
  using dns = openRoom();
  using web = container('web', '10.0.0.2');
  dns.opened(web);
  const udp = namespaces.run(web.namespacePath, () => {
    const fd = openSocket(AF.inet, SOCK.datagram, IPPROTO.udp);
    bindSocket(fd, internetAddress(parseIp('0.0.0.0') ?? assert.fail(), 53));
    return fd;
  });
  assert.equal(await told(web, 'web'), '0 10.0.0.2');
  closeSocket(udp);
});

test("others are asked from the host or from inside, as it is the server's, and the reply is passed on", async () => {
  using dns = openRoom();
  await using outside = await startDnsUpstream({ address: LOOPBACK }, { number: 1 });
  using plain = container('plain', '10.0.0.2', { upstreams: [{ address: LOOPBACK, fromHost: true }] });
  using own = container('own', '10.0.0.3', { upstreams: [{ address: LOOPBACK, fromHost: false }] });
  await using inside = await startDnsUpstream(openInside(own), { number: 2 });
  dns.opened(plain);
  dns.opened(own);
  for (const transport of ['udp', 'tcp'] as const) {
    assert.equal(await told(plain, 'example.org', TYPE.a, transport), '0 192.0.2.1');
    assert.equal(await told(own, 'example.org', TYPE.a, transport), '0 192.0.2.2');
  }
  assert.deepEqual(outside.asked, ['udp example.org', 'tcp example.org']);
  assert.deepEqual(inside.asked, ['udp example.org', 'tcp example.org']);
  assert.equal(await told(plain, 'absent.example.org'), '3');
  assert.equal(await told(plain, 'plain', TYPE.txt), '0 192.0.2.1');
});

test('a server that lies, a dead one, a silent one, one that refuses', async () => {
  using dns = openRoom();
  await using _first = await startDnsUpstream({ address: LOOPBACK }, { number: 1 });
  const upstreams = ['127.0.0.99', LOOPBACK].map((address) => ({ address, fromHost: true }));
  using web = container('web', '10.0.0.2', { upstreams });
  dns.opened(web);
  assert.equal(await told(web, 'lie.example.org'), '0 192.0.2.1');
  for (const transport of ['udp', 'tcp'] as const)
    assert.equal(await told(web, 'example.org', TYPE.a, transport), '0 192.0.2.1');
  assert.equal(await told(web, 'refused.example.org'), `${RCODE.serverFailure}`);
  assert.equal(await told(web, 'silent.example.org'), `${RCODE.serverFailure}`);
});

test('a long reply is whole on a connection, and in a datagram when the client takes it', async () => {
  using dns = openRoom();
  await using upstream = await startDnsUpstream({ address: LOOPBACK }, { number: 1 });
  using web = container('web', '10.0.0.2', { upstreams: [{ address: LOOPBACK, fromHost: true }] });
  dns.opened(web);
  const small = await ask(web, dnsQuery(1, 'big.example.org', TYPE.a));
  assert.deepEqual([small.header.truncated, small.answers.length], [true, 29]);
  const large = await ask(web, dnsQuery(1, 'big.example.org', TYPE.a, [ednsRecord(4096)]));
  assert.deepEqual([large.header.truncated, large.answers.length], [false, 100]);
  const connected = await ask(web, dnsQuery(1, 'big.example.org', TYPE.a), 'tcp');
  assert.equal(connected.answers.length, 100);
  assert.ok(upstream.asked.includes('tcp big.example.org'));
});

test('malformed queries harm nobody', async () => {
  using dns = openRoom();
  using web = container('web', '10.0.0.2');
  dns.opened(web);
  const query = encodeMessage(dnsQuery(9, 'web', TYPE.a));
  assert.equal((await ask(web, query.subarray(0, -1))).header.rcode, RCODE.formatError);
  for (let length = 0; length < 12; length += 1)
    namespaces.run(web.namespacePath, () =>
      sockets.ask({ address: '127.0.0.11', port: 53 }, 'udp', query.subarray(0, length), {
        received: () => assert.fail('a reply'),
        failed: () => undefined,
      }),
    );
  assert.equal(await told(web, 'web'), '0 10.0.0.2');
});

test('a later daemon answers again, also a program that has kept its socket', async () => {
  using web = container('web', '10.0.0.2');
  const first = openRoom();
  first.opened(web);
  let take = Promise.withResolvers<Buffer>();
  const fd = namespaces.run(web.namespacePath, () => openSocket(AF.inet, SOCK.datagram, IPPROTO.udp));
  const kept = createSocket('udp4');
  kept.on('message', (bytes) => take.resolve(bytes));
  kept.bind({ fd });
  const again = async (): Promise<number | undefined> => {
    take = Promise.withResolvers();
    kept.send(encodeMessage(dnsQuery(3, 'web', TYPE.a)), 53, '127.0.0.11');
    return decodeMessage(await take.promise)?.answers.length;
  };
  assert.equal(await again(), 1);
  first[Symbol.dispose]();
  using second = openRoom();
  second.opened(web);
  assert.equal(await again(), 1);
  assert.equal(await told(web, 'web', TYPE.a, 'tcp'), '0 10.0.0.2');
  kept.close();
});

test('a resolver is there within a millisecond or so, and answers many', async (context) => {
  using dns = openRoom();
  const times: number[] = [];
  const webs = Array.from({ length: 20 }, (_, index) => container(`web${index}`, `10.0.0.${index + 2}`));
  for (const web of webs) {
    const start = performance.now();
    dns.opened(web);
    times.push(performance.now() - start);
  }
  const [web] = webs;
  const begin = performance.now();
  for (let round = 0; round < 20; round += 1)
    await Promise.all(Array.from({ length: 50 }, async () => told(web ?? assert.fail(), 'web1')));
  const rate = 1000 / ((performance.now() - begin) / 1000);
  dns[Symbol.dispose]();
  using later = openRoom();
  const adopting = performance.now();
  for (const each of webs) later.opened(each);
  const adopted = (performance.now() - adopting) / webs.length;
  assert.equal(await told(web ?? assert.fail(), 'web1'), '0 10.0.0.3');
  for (const each of webs) each[Symbol.dispose]();
  const median = times.toSorted((one, other) => one - other)[times.length >> 1] ?? 0;
  context.diagnostic(
    `opened: ${median.toFixed(2)} ms, again: ${adopted.toFixed(2)} ms; ${rate.toFixed(0)} queries/s, client in the same process`,
  );
});

test('a container that floods its resolver starves nobody, and memory stays within bounds', async (context) => {
  using dns = openRoom();
  await using _outside = await startDnsUpstream({ address: LOOPBACK }, { number: 1 });
  const upstreams = [{ address: LOOPBACK, fromHost: true }];
  using flooding = container('web', '10.0.0.2', { upstreams });
  using calm = container('calm', '10.0.0.3', { upstreams });
  dns.opened(flooding);
  dns.opened(calm);
  const memory = process.memoryUsage().rss;
  const program = [process.execPath, join(import.meta.dirname, '../../support/dns-flood.ts'), '4'];
  const flood = runCommand('nsenter', [`--net=${flooding.namespacePath}`, ...program]);
  let over = false;
  void flood.then(() => (over = true));
  const times: number[] = [];
  while (!over) {
    const began = performance.now();
    assert.equal(await told(calm, 'web'), '0 10.0.0.2');
    assert.equal(await told(calm, `good.${times.length}.example`), '0 192.0.2.1');
    times.push((performance.now() - began) / 2);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { stdout, stderr } = await flood;
  assert.match(stdout, /^\d+$/, stderr);
  const grown = (process.memoryUsage().rss - memory) / 0x10_0000;
  const share = (part: number): string =>
    (times.toSorted((one, other) => one - other)[Math.floor(part * (times.length - 1))] ?? 0).toFixed(1);
  context.diagnostic(
    `${stdout} datagrams; beside them ${2 * times.length} queries, all answered: p50 ${share(0.5)} ms, p99 ${share(0.99)} ms; ${grown.toFixed(0)} MiB more`,
  );
  assert.ok(times.length > 0 && grown < 256, `${grown} MiB`);
  assert.equal(await told(flooding, 'calm'), '0 10.0.0.3');
});
