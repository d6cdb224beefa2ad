// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openHttp } from '../../support/http-request.ts';
import { type FakeEngine, startFakeEngine } from './fake-engine.ts';
import { createFakeProcess, type FakeProcess } from './fake-session.ts';

const MEGABYTE = 1024 * 1024;

/** An attached client, its answer's head read. What follows the head stays in the socket. */
const attach = async (engine: FakeEngine): Promise<Socket> => {
  const socket = engine.connect();
  socket.write(
    'POST /containers/c/attach HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
  );
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  const end = first.indexOf('\r\n\r\n') + 4;
  assert.match(first.subarray(0, end).toString(), /^HTTP\/1\.1 101 UPGRADED\r\n/);
  if (end < first.length) socket.unshift(first.subarray(end));
  return socket;
};

const engineOf = (process: FakeProcess): Promise<FakeEngine> =>
  startFakeEngine({ containers: { attach: async () => process.session } });

/** Takes frames apart and gives their payloads. */
async function* payloads(socket: Socket): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= 8 && rest.length >= 8 + rest.readUInt32BE(4)) {
      const end = 8 + rest.readUInt32BE(4);
      yield rest.subarray(8, end);
      rest = rest.subarray(end);
    }
  }
  assert.equal(rest.length, 0);
}

test('50 MB go through stdin and come back whole', async () => {
  await using engine = await engineOf(createFakeProcess({ echo: true }));
  const socket = await attach(engine);
  const block = Buffer.alloc(MEGABYTE);
  for (let at = 0; at < block.length; at += 4) block.writeUInt32LE(at, at);
  const [sent, got] = [createHash('sha256'), createHash('sha256')];
  const sending = (async () => {
    for (let count = 0; count < 50; count += 1) {
      sent.update(block);
      if (!socket.write(block)) await once(socket, 'drain');
    }
    socket.end();
  })();
  let length = 0;
  for await (const payload of payloads(socket)) {
    length += payload.length;
    got.update(payload);
  }
  await sending;
  assert.equal(length, 50 * MEGABYTE);
  assert.equal(got.digest('hex'), sent.digest('hex'));
});

test('a client that closes its side still hears what the process says', async () => {
  const process = createFakeProcess();
  await using engine = await engineOf(process);
  const socket = await attach(engine);
  socket.end('bye');
  await process.inputEnded;
  assert.equal(process.received(), 3);
  process.print('stderr', 'late');
  process.exit();
  const heard: string[] = [];
  for await (const payload of payloads(socket)) heard.push(payload.toString());
  assert.deepEqual(heard, ['late']);
});

test('a client that reads nothing is not written to without end', async () => {
  const process = createFakeProcess({ echo: true });
  await using engine = await engineOf(process);
  const socket = await attach(engine);
  let written = 0;
  const block = Buffer.alloc(MEGABYTE);
  while (written < 60 && socket.write(block)) written += 1;
  for (; written < 60; written += 1) {
    const drained = await Promise.race([once(socket, 'drain').then(() => true), pause(200, false)]);
    if (!drained) break;
    socket.write(block);
  }
  assert.ok(written < 60, `${written} MB were taken though nobody reads`);
  assert.ok(process.received() < 20 * MEGABYTE, `${process.received()} bytes are held`);
  socket.destroy();
  await process.closed;
});

test('a client that hung up is noticed when there is something to tell it', async () => {
  const process = createFakeProcess();
  await using engine = await engineOf(process);
  const socket = await attach(engine);
  socket.destroy();
  // Until then it looks like one that closed its side alone.
  await process.inputEnded;
  process.print('stdout', 'is anybody there?');
  await process.closed;
});

test('a terminal gets bare bytes', async () => {
  const process = createFakeProcess({ tty: true });
  await using engine = await engineOf(process);
  const socket = await attach(engine);
  process.print('stdout', 'prompt$ ');
  process.exit();
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  assert.equal(Buffer.concat(parts).toString(), 'prompt$ ');
});

test('a client that leaves a log ends its reading', async () => {
  const ended = Promise.withResolvers<void>();
  async function* lines(signal: AbortSignal): AsyncGenerator<never> {
    const gone = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => gone.resolve());
    try {
      await gone.promise;
      yield* [];
    } finally {
      ended.resolve();
    }
  }
  const logs = (_: string, __: unknown, { signal }: { readonly signal: AbortSignal }) => ({
    tty: false,
    lines: lines(signal),
  });
  await using engine = await startFakeEngine({ containers: { logs } });
  const response = await openHttp(engine.socketPath, 'GET', '/containers/c/logs?stdout=1&follow=1');
  assert.equal(response.headers['content-type'], 'application/vnd.docker.multiplexed-stream');
  response.destroy();
  await ended.promise;
});

test('a wait answers its head before the exit', async () => {
  const exit = Promise.withResolvers<{ readonly exitCode: number }>();
  await using engine = await startFakeEngine({ containers: { wait: () => ({ result: exit.promise }) } });
  const response = await openHttp(engine.socketPath, 'POST', '/containers/c/wait?condition=next-exit');
  assert.equal(response.statusCode, 200);
  exit.resolve({ exitCode: 3 });
  const [body] = (await once(response, 'data')) as [Buffer];
  assert.equal(body.toString(), '{"StatusCode":3}\n');
});
