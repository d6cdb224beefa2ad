// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { dnsSocketsContract } from '../../../src/adapters/dns-sockets/contract.ts';
import { createDnsSockets } from '../../../src/adapters/dns-sockets/index.ts';

const ADDRESS = '127.0.0.1';
const sockets = createDnsSockets();

dnsSocketsContract('kernel DNS sockets', () => sockets, ADDRESS);

/** Keeps the process alive as long as `work` goes on: the sockets under test do not. */
const awake = async <Value>(work: Promise<Value>): Promise<Value> => {
  const timer = setInterval(() => undefined, 1000);
  return work.finally(() => clearInterval(timer));
};

test('kernel DNS sockets: nobody at a port is told of, by datagram and by connection', async () => {
  const probe = createSocket('udp4').bind(0, ADDRESS);
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  for (const transport of ['udp', 'tcp'] as const) {
    const failed = Promise.withResolvers<Error>();
    const events = { received: () => assert.fail('an answer'), failed: failed.resolve };
    using _conversation = sockets.ask({ address: ADDRESS, port }, transport, Buffer.from('x'), events);
    assert.match((await awake(failed.promise)).message, /ECONNREFUSED/);
  }
});

test("kernel DNS sockets: a stranger's datagram is not received", async () => {
  const server = createSocket('udp4').bind(0, ADDRESS);
  const stranger = createSocket('udp4').bind(0, ADDRESS);
  await Promise.all([once(server, 'listening'), once(stranger, 'listening')]);
  const received = Promise.withResolvers<string>();
  server.on('message', (_, { port }) => {
    stranger.send('lie', port, ADDRESS, () => server.send('truth', port, ADDRESS));
  });
  using _conversation = sockets.ask(
    { address: ADDRESS, port: server.address().port },
    'udp',
    Buffer.from('x'),
    { received: (message) => received.resolve(message.toString()), failed: received.reject },
  );
  assert.equal(await awake(received.promise), 'truth');
  server.close();
  stranger.close();
});

test('kernel DNS sockets: many queries in one piece are answered, and a half-closed client gets its answers', async () => {
  using listener = sockets.listen({ address: ADDRESS, port: 0 }, async (query) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return query;
  });
  const client = connect({ host: ADDRESS, port: listener.tcpPort });
  const frame = Buffer.from([0, 2, 65, 66]);
  client.end(Buffer.concat(Array.from({ length: 100 }, () => frame)));
  const chunks = (await awake(client.toArray())) as Buffer[];
  assert.equal(Buffer.concat(chunks).length, 400);
});

test('kernel DNS sockets: of many queries at a time each one gets its own reply', async () => {
  using listener = sockets.listen({ address: ADDRESS, port: 0 }, (query) => Buffer.from(query));
  const server = { address: ADDRESS, port: listener.udpPort };
  const echoed = async (text: string): Promise<string> => {
    const reply = Promise.withResolvers<string>();
    const events = {
      received: (message: Buffer) => reply.resolve(message.toString()),
      failed: reply.reject,
    };
    using _conversation = sockets.ask(server, 'udp', Buffer.from(text), events);
    return await reply.promise;
  };
  for (let round = 0; round < 40; round += 1) {
    const texts = Array.from({ length: 100 }, (_, index) => `${round} ${index}`);
    assert.deepEqual(await awake(Promise.all(texts.map(echoed))), texts);
  }
});

test('kernel DNS sockets: a server that no way leads to is told of at once', async () => {
  // The kernel refuses to connect to everybody (ip(7)), as it does where there is no route.
  const server = { address: '255.255.255.255', port: 53 };
  for (const transport of ['udp', 'tcp'] as const) {
    const failed = Promise.withResolvers<Error>();
    const events = { received: () => assert.fail('an answer'), failed: failed.resolve };
    using _conversation = sockets.ask(server, transport, Buffer.from('x'), events);
    assert.match((await awake(failed.promise)).message, /connect (EACCES|ENETUNREACH)/);
  }
});

test('kernel DNS sockets: a server with an IPv6 address is asked, by datagram and by connection', async (context) => {
  const server = createSocket('udp6');
  const tcp = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  server.on('message', (query, { port, address }) => server.send(query, port, address));
  const bound = Promise.race([once(server, 'listening'), once(server, 'error')]);
  server.bind(0, '::1');
  const [failure] = (await bound) as readonly unknown[];
  if (failure !== undefined) {
    context.skip('this machine has no IPv6');
    return;
  }
  const { port } = server.address();
  tcp.listen(port, '::1');
  await once(tcp, 'listening');
  for (const transport of ['udp', 'tcp'] as const) {
    const reply = Promise.withResolvers<string>();
    const events = {
      received: (message: Buffer) => reply.resolve(message.toString()),
      failed: reply.reject,
    };
    using _conversation = sockets.ask({ address: '::1', port }, transport, Buffer.from('query'), events);
    assert.equal(await awake(reply.promise), 'query');
  }
  server.close();
  tcp.close();
});
