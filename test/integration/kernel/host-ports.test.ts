// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type Socket as DatagramSocket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { hostPortsContract, mustHold } from '../../../src/adapters/host-ports/contract.ts';
import { createHostPorts } from '../../../src/adapters/host-ports/index.ts';
import { errnoOf } from '../../../src/sys/errno.ts';

/** Outside of those that the kernel gives to the clients here. */
const PORT = 21_840;

hostPortsContract('kernel host ports', () => ({ ports: createHostPorts(), port: PORT }));

test("kernel host ports: an address that is not the host's is told by its errno", () => {
  const range = { protocol: 'tcp', addresses: ['203.0.113.7'], port: PORT, count: 1 } as const;
  assert.equal(errnoOf(createHostPorts().hold(range).fault?.error), 'EADDRNOTAVAIL');
});

test('kernel host ports: more ports than the process may have files are refused before it has none left', async () => {
  const range = { protocol: 'udp', addresses: ['127.0.0.1'], port: 1024, count: 64_000 } as const;
  const { fault } = await createHostPorts().holdInTurns(range);
  // Where the limit is higher some port of so many is taken.
  assert.ok(['EMFILE', 'EADDRINUSE'].includes(errnoOf(fault?.error) ?? ''));
});

const listen = async (t: TestContext, onClient: (client: Socket) => void): Promise<number> => {
  const server: Server = createServer({ allowHalfOpen: true }, onClient);
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 });
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
};

/** Holds `count` ports at all addresses of both families, that lead to one port after the other from `port` on. */
const forward = (t: TestContext, protocol: 'tcp' | 'udp', port: number, count = 1) => {
  const held = mustHold(createHostPorts(), { protocol, addresses: ['0.0.0.0', '::'], port: PORT, count });
  held.forwardTo({ address: '127.0.0.1', port });
  t.after(() => held[Symbol.dispose]());
  return held;
};

const read = async (client: Socket): Promise<string> =>
  Buffer.concat((await client.toArray()) as Buffer[]).toString();

for (const host of ['127.0.0.1', '::1'])
  test(`kernel host ports: a connection to ${host} passes both ways with its half-close`, async (t) => {
    const port = await listen(t, (client) => {
      client.on('data', (bytes) => client.write(`got ${bytes.toString()}`));
      client.on('end', () => client.end('bye'));
    });
    forward(t, 'tcp', port);
    const client = connect({ host, port: PORT, allowHalfOpen: true });
    client.end('hello');
    assert.equal(await read(client), 'got hellobye');
  });

test('kernel host ports: what a server says before it hangs up arrives whole, however slow the client reads', async (t) => {
  const size = 8 << 20;
  const port = await listen(t, (client) => {
    client.resume();
    client.end(Buffer.alloc(size, 'x'));
  });
  forward(t, 'tcp', port);
  const client = connect({ host: '::1', port: PORT, allowHalfOpen: true });
  client.end();
  let length = 0;
  for await (const chunk of client) {
    length += (chunk as Buffer).length;
    if (length % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.equal(length, size);
});

test('kernel host ports: a connection ends with its port, one that is broken with its other side', async (t) => {
  const clients: Socket[] = [];
  const port = await listen(t, (client) => void clients.push(client.on('error', () => undefined)));
  const held = forward(t, 'tcp', port, 2);
  const [idle, broken] = [connect(PORT, '::1'), connect(PORT, '::1')];
  for (const client of [idle, broken]) client.on('error', () => undefined);
  idle.write('idle');
  broken.write('broken');
  while (clients.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const client of clients)
    client.on('data', (data) => data.toString() === 'broken' && client.resetAndDestroy());
  await once(broken, 'close');
  held.part(PORT, 1)[Symbol.dispose]();
  await once(idle, 'close');
});

test('kernel host ports: thousands of ports are let go of while other work goes on, what goes through them ends at once', async (t) => {
  const port = await listen(t, (client) => void client.on('error', () => undefined));
  const count = 2000;
  const held = forward(t, 'tcp', port, count);
  const client = connect(PORT + 2, '::1').on('error', () => undefined);
  await once(client, 'connect');
  // Of the port's own end the client hears when it has been accepted.
  await new Promise((resolve) => setTimeout(resolve, 50));
  let [turns, isFree] = [0, false];
  const letGo = held[Symbol.asyncDispose]().then(() => (isFree = true));
  const late = connect(PORT + count - 1, '::1').on('error', () => undefined);
  while (!isFree) {
    await new Promise((resolve) => void setImmediate(resolve));
    turns += 1;
  }
  assert.ok(turns > 3);
  await letGo;
  const range = { protocol: 'tcp', addresses: ['0.0.0.0', '::'], port: PORT, count } as const;
  mustHold(createHostPorts(), range)[Symbol.dispose]();
  for (const each of [client, late])
    while (!each.closed) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('kernel host ports: thousands of connections come at once and all are served', async (t) => {
  const port = await listen(t, (client) => client.pipe(client));
  forward(t, 'tcp', port);
  const count = 2000;
  const clients = Array.from({ length: count }, () =>
    connect({ host: '::1', port: PORT, allowHalfOpen: true }),
  );
  const answers = clients.map(async (client, index) => {
    client.end(`${index}`);
    return read(client);
  });
  assert.deepEqual(
    await Promise.all(answers),
    clients.map((_, index) => `${index}`),
  );
});

const echo = async (t: TestContext): Promise<DatagramSocket> => {
  const server = createSocket('udp4');
  server.on('message', (bytes, from) => server.send(`got ${bytes.toString()}`, from.port, from.address));
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return server;
};

const ask = async (type: 'udp4' | 'udp6', port: number, text: string): Promise<string> => {
  const client = createSocket(type);
  client.send(text, port, type === 'udp4' ? '127.0.0.1' : '::1');
  const [answer] = (await once(client, 'message', { signal: AbortSignal.timeout(10_000) })) as [Buffer];
  client.close();
  return answer.toString();
};

test('kernel host ports: datagrams of many clients of both families and their answers pass', async (t) => {
  const server = await echo(t);
  const held = forward(t, 'udp', server.address().port);
  for (const type of ['udp4', 'udp6'] as const) {
    const texts = Array.from({ length: 50 }, (_, index) => `${type} ${index}`);
    const answers = await Promise.all(texts.map(async (text) => ask(type, PORT, text)));
    assert.deepEqual(
      answers,
      texts.map((text) => `got ${text}`),
    );
  }
  const other = await echo(t);
  held.forwardTo({ address: '127.0.0.1', port: other.address().port });
  assert.equal(await ask('udp6', PORT, 'again'), 'got again');
});

test('kernel host ports: each port of a range leads to its own', async (t) => {
  const servers = [await listen(t, (client) => client.end('first'))];
  const held = forward(t, 'tcp', servers[0] ?? 0, 8);
  assert.equal(await read(connect(PORT, '::1')), 'first');
  const next = held.part(PORT + 3, 2);
  next.forwardTo({ address: '127.0.0.1', port: servers[0] ?? 0 });
  assert.equal(await read(connect(PORT + 3, '127.0.0.1')), 'first');
  next[Symbol.dispose]();
  await assert.rejects(once(connect(PORT + 3, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' });
  assert.equal(await read(connect(PORT, '::1')), 'first');
});
