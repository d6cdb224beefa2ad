// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { it } from 'node:test';
import { WebSocket } from 'ws';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

interface Attached {
  readonly client: WebSocket;
  readonly text: () => string;
  /** True for each message that came as binary. */
  readonly kinds: readonly boolean[];
  readonly hear: (wanted: RegExp) => Promise<void>;
  readonly closed: Promise<number>;
}

const attach = async (container: string, query: string, version = '1.51'): Promise<Attached> => {
  const path = `/v${version}/containers/${container}/attach/ws?${query}`;
  const client = new WebSocket(`ws+unix:${engine().socket}:${path}`, { perMessageDeflate: false });
  let heard = '';
  const kinds: boolean[] = [];
  client.on('message', (data, isBinary) => {
    heard += (data as Buffer).toString();
    kinds.push(isBinary);
  });
  const closed = new Promise<number>((resolve) => void client.once('close', resolve));
  await once(client, 'open');
  const hear = async (wanted: RegExp): Promise<void> => {
    const deadline = performance.now() + 20_000;
    while (!wanted.test(heard)) {
      if (performance.now() > deadline) throw new Error(`heard only ${JSON.stringify(heard.slice(-500))}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { client, text: () => heard, kinds, hear, closed };
};

it('a WebSocket carries stdin and both outputs, unframed, until the container ends', async () => {
  const program = 'while read line; do echo "out $line"; echo "err $line" >&2; done; echo bye';
  await docker(engine(), ['run', '-d', '-i', '--name', 'talk', 'busybox', 'sh', '-c', program]);
  const both = await attach('talk', 'stream=1&stdin=1&stdout=1&stderr=1');
  const errors = await attach('talk', 'stream=1&stderr=1');
  both.client.send('one\n');
  both.client.send(Buffer.from('two\n'));
  await both.hear(/out two\n/);
  await both.hear(/err two\n/);
  await errors.hear(/^err one\nerr two\n$/);
  assert.ok(both.kinds.every(Boolean));
  await docker(engine(), ['kill', 'talk']);
  assert.equal(await both.closed, 1000);
  await errors.closed;
  await docker(engine(), ['rm', 'talk']);
});

it('before API 1.42 all three streams are joined, before 1.28 messages are text', async () => {
  await docker(engine(), ['run', '-d', '-i', '--name', 'old', 'busybox', 'cat']);
  const [old, oldest] = [await attach('old', 'stream=1', '1.41'), await attach('old', 'stream=1', '1.27')];
  old.client.send('hello\n');
  await Promise.all([old.hear(/hello/), oldest.hear(/hello/)]);
  assert.deepEqual([old.kinds, oldest.kinds], [[true], [false]]);
  for (const each of [old, oldest]) {
    each.client.close();
    await each.closed;
  }
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.Running}}', 'old']), 'true');
  await docker(engine(), ['rm', '-f', 'old']);
});

it('what was said before is told with logs=1, and the detach keys let go of a terminal', async () => {
  await docker(engine(), ['run', '-dit', '--name', 'shell', 'busybox', 'sh', '-c', 'echo first; cat']);
  await dockerUntil(engine(), ['logs', 'shell'], /first/);
  const attached = await attach('shell', 'logs=1&stream=1&stdin=1&stdout=1&detachKeys=ctrl-a');
  await attached.hear(/first/);
  attached.client.send('typed\n');
  await attached.hear(/typed/);
  attached.client.send('\x01');
  await attached.closed;
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.Running}}', 'shell']), 'true');
  await docker(engine(), ['rm', '-f', 'shell']);
});

it('a client that does not read holds neither the container nor the engine up', async () => {
  const flood = 'dd if=/dev/zero bs=1M count=300 2>/dev/null; touch /done; sleep 600';
  await docker(engine(), ['create', '--log-driver=none', '--name', 'flood', 'busybox', 'sh', '-c', flood]);
  const deaf = await attach('flood', 'stream=1&stdout=1');
  deaf.client.pause();
  const listener = await attach('flood', 'stream=1&stdout=1');
  listener.client.removeAllListeners('message');
  await docker(engine(), ['start', 'flood']);
  const before = await memory();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  assert.ok((await memory()) - before < 128 * 1024 * 1024, 'the engine keeps what the client does not take');
  deaf.client.terminate();
  await dockerUntil(engine(), ['exec', 'flood', 'ls', '/done'], '/done', 60_000);
  listener.client.terminate();
  await docker(engine(), ['rm', '-f', 'flood']);
});

/** Bytes of memory that the daemon holds. */
const memory = async (): Promise<number> => {
  const status = await readFile(`/proc/${engine().pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
};

it('refusals come before the handshake, as JSON', async () => {
  const answer = await engine().request('GET', '/containers/nobody/attach/ws?stream=1');
  assert.deepEqual([answer.status, answer.json], [404, { message: 'No such container: nobody' }]);
  await docker(engine(), ['run', '-d', '--name', 'frozen', 'busybox', 'sleep', '600']);
  await docker(engine(), ['pause', 'frozen']);
  const paused = await engine().request('GET', '/containers/frozen/attach/ws?stream=1');
  assert.equal(paused.status, 409);
  await docker(engine(), ['unpause', 'frozen']);
  const keys = await engine().request('GET', '/containers/frozen/attach/ws?stream=1&detachKeys=zzz');
  assert.deepEqual([keys.status, keys.json], [400, { message: 'Invalid detach keys (zzz) provided' }]);
  const socket = connect(engine().socket);
  socket.write('GET /containers/frozen/attach/ws?stream=1 HTTP/1.1\r\nHost: x\r\n\r\n');
  const [head] = (await once(socket, 'data')) as [Buffer];
  assert.match(head.toString(), /^HTTP\/1\.1 400 Bad Request\r\n/);
  socket.destroy();
  await docker(engine(), ['rm', '-f', 'frozen']);
});
