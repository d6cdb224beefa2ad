// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { hostPortsContract } from '../../../src/adapters/host-ports/contract.ts';
import { createHostPorts } from '../../../src/adapters/host-ports/index.ts';
import { errnoOf } from '../../../src/sys/errno.ts';

const PORT = 41_847;

hostPortsContract('kernel host ports', () => ({ ports: createHostPorts(), port: PORT }));

test("kernel host ports: an address that is not the host's is told by its errno", () => {
  assert.throws(
    () => createHostPorts().hold({ protocol: 'tcp', address: '203.0.113.7', port: PORT }),
    (error) => errnoOf(error) === 'EADDRNOTAVAIL',
  );
});

test('kernel host ports: a connection passes both ways with its half-close, and ends with the port', async () => {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on('data', (bytes) => client.write(`got ${bytes.toString()}`));
    client.on('end', () => client.end('bye'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const held = createHostPorts().hold({ protocol: 'tcp', address: '::1', port: PORT });
  held.forwardTo({ address: '127.0.0.1', port: (server.address() as AddressInfo).port });
  const client = connect({ host: '::1', port: PORT, allowHalfOpen: true });
  client.end('hello');
  const chunks = await client.toArray();
  assert.equal(Buffer.concat(chunks as Buffer[]).toString(), 'got hellobye');

  const idle = connect({ host: '::1', port: PORT });
  await once(idle, 'connect');
  held[Symbol.dispose]();
  await once(idle, 'close');
  server.close();
});

test('kernel host ports: datagrams and their answers pass', async () => {
  const server = createSocket('udp4');
  server.on('message', (bytes, from) => server.send(`got ${bytes.toString()}`, from.port, from.address));
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const held = createHostPorts().hold({ protocol: 'udp', address: '::1', port: PORT });
  held.forwardTo({ address: '127.0.0.1', port: server.address().port });
  const client = createSocket('udp6');
  client.send('hello', PORT, '::1');
  const [answer] = (await once(client, 'message')) as [Buffer];
  assert.equal(answer.toString(), 'got hello');
  client.close();
  held[Symbol.dispose]();
  server.close();
});
