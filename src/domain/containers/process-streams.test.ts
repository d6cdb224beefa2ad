// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import type { LogSink } from '../logs/index.ts';
import type { StreamSession } from './containers.ts';
import { createProcessStreams } from './process-streams.ts';
import type { ProcessStreams, ProcessStreamsOptions } from './streams.ts';

const PLAIN: ProcessStreamsOptions = { tty: false, openStdin: true, stdinOnce: true };
const CLIENT = { stdin: true, stdout: true, stderr: true, detachKeys: Uint8Array.of(16, 17) };

const tick = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

interface Process {
  readonly stdin: PassThrough;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  readonly drained: Promise<void>;
  closed: number;
}

const run = (streams: ProcessStreams, sink?: LogSink): Process => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const process = { stdin, stdout, stderr, closed: 0 };
  const stdio = {
    paths: { terminal: false },
    stdin,
    stdout,
    stderr,
    detach: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const { drained } = streams.join({
    stdio,
    ...(sink && { sink }),
    closeStdin: async () => void (process.closed += 1),
  });
  return Object.assign(process, { drained });
};

const textOf = async (session: StreamSession): Promise<string> => {
  let text = '';
  for await (const { stream, data } of session.output) text += `${stream}:${Buffer.from(data).toString()};`;
  return text;
};

test('a client that attached before the first start gets everything, and every client its own copy', async () => {
  const streams = createProcessStreams(PLAIN);
  const first = textOf(streams.attach(CLIENT));
  const second = textOf(streams.attach({ ...CLIENT, stderr: false }));
  const process = run(streams);
  process.stdout.end('out');
  process.stderr.end('err');
  await process.drained;
  streams.end();
  assert.equal(await first, 'stdout:out;stderr:err;');
  assert.equal(await second, 'stdout:out;');
});

test('a session outlives what the process closes and ends with the run', async () => {
  const streams = createProcessStreams(PLAIN);
  const { output } = streams.attach(CLIENT);
  const process = run(streams);
  process.stdout.end();
  process.stderr.end();
  await process.drained;
  const end = output[Symbol.asyncIterator]().next();
  streams.end();
  assert.equal((await end).done, true);
});

test('the sink gets each chunk and holds the process back while it is busy', async () => {
  const streams = createProcessStreams(PLAIN);
  const busy = Promise.withResolvers<void>();
  const seen: string[] = [];
  const sink: LogSink = {
    write: (stream, chunk) => {
      seen.push(`${stream}:${Buffer.from(chunk).toString()}`);
      return busy.promise;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const process = run(streams, sink);
  process.stdout.write('1');
  await tick();
  process.stdout.end('2');
  process.stderr.end();
  await tick();
  assert.deepEqual(seen, ['stdout:1']);
  busy.resolve();
  await process.drained;
  assert.deepEqual(seen, ['stdout:1', 'stdout:2']);
});

test('a client that does not read holds the process back only when its buffer is full, and no more once it is gone', async () => {
  const streams = createProcessStreams(PLAIN);
  const slow = streams.attach(CLIENT);
  const process = run(streams);
  const piece = Buffer.alloc(600_000);
  process.stdout.write(piece);
  await tick();
  assert.equal(process.stdout.isPaused(), false);
  process.stdout.write(piece);
  await tick();
  assert.equal(process.stdout.isPaused(), true);
  slow.close();
  await tick();
  assert.equal(process.stdout.isPaused(), false);
  streams.end();
});

test('stdin that was written and ended before the start reaches the process whole and is closed after the start', async () => {
  const streams = createProcessStreams(PLAIN);
  const session = streams.attach(CLIENT);
  const written = session.stdin?.write(Buffer.from('in'));
  session.stdin?.end();
  const process = run(streams);
  await written;
  await tick();
  assert.equal(process.stdin.read()?.toString(), 'in');
  assert.equal(process.stdin.writableEnded, false);
  streams.started();
  process.stdin.resume();
  await tick();
  await tick();
  assert.equal(process.stdin.writableEnded, true);
  assert.equal(process.closed, 1);
  streams.end();
});

test('stdin follows back-pressure, and a run that ends frees the writer', async () => {
  const streams = createProcessStreams(PLAIN);
  const session = streams.attach(CLIENT);
  run(streams);
  let done = false;
  const written = session.stdin?.write(Buffer.alloc(200_000)).then(() => (done = true));
  await tick();
  assert.equal(done, false);
  streams.end();
  await written;
});

test('a stdin that fails does not end the daemon', async () => {
  const streams = createProcessStreams(PLAIN);
  const session = streams.attach(CLIENT);
  const process = run(streams);
  process.stdin.destroy(new Error('EPIPE'));
  await tick();
  await session.stdin?.write(Buffer.from('x'));
  streams.end();
});

test('without StdinOnce the half-close ends the session and leaves the process its stdin', async () => {
  const streams = createProcessStreams({ ...PLAIN, stdinOnce: false });
  const session = streams.attach(CLIENT);
  const process = run(streams);
  streams.started();
  session.stdin?.end();
  assert.equal(await textOf(session), '');
  assert.equal(process.stdin.writableEnded, false);
  streams.end();
});

test('stdin is there only when the container keeps it open and the client wants it', () => {
  assert.equal(createProcessStreams({ ...PLAIN, openStdin: false }).attach(CLIENT).stdin, undefined);
  assert.equal(createProcessStreams(PLAIN).attach({ ...CLIENT, stdin: false }).stdin, undefined);
});

test('the detach sequence ends a terminal session and nothing else', async () => {
  const streams = createProcessStreams({ ...PLAIN, tty: true });
  let told = 0;
  const session = streams.attach({ ...CLIENT, onDetach: () => void (told += 1) });
  const other = streams.attach(CLIENT);
  const process = run(streams);
  await session.stdin?.write(Buffer.from('a\x10\x11b'));
  assert.equal(await textOf(session), '');
  assert.equal(told, 1);
  assert.equal(process.stdin.read()?.toString(), 'a');
  process.stdout.write('x');
  await tick();
  streams.end();
  assert.equal(await textOf(other), 'stdout:x;');
});

test('without a terminal the sequence is ordinary input', async () => {
  const streams = createProcessStreams(PLAIN);
  const session = streams.attach(CLIENT);
  const process = run(streams);
  await session.stdin?.write(Buffer.from('\x10\x11'));
  assert.equal(process.stdin.read()?.length, 2);
  streams.end();
});

test('a second run gets its own stdin and output', async () => {
  const streams = createProcessStreams(PLAIN);
  run(streams);
  streams.end();
  const output = textOf(streams.attach(CLIENT));
  const second = run(streams);
  second.stdout.end('again');
  second.stderr.end();
  await second.drained;
  streams.end();
  assert.equal(await output, 'stdout:again;');
});

test('a client that goes away ends the stdin that was for it alone', async () => {
  const streams = createProcessStreams(PLAIN);
  const session = streams.attach(CLIENT);
  const process = run(streams);
  streams.started();
  process.stdin.resume();
  session.close();
  await tick();
  await tick();
  assert.equal(process.stdin.writableEnded, true);
  streams.end();
});

test('a stdin that takes its time is written in order', async () => {
  const streams = createProcessStreams(PLAIN);
  const session = streams.attach(CLIENT);
  let text = '';
  const stdin = new Writable({
    highWaterMark: 1,
    write: (chunk: Buffer, _, done) => {
      text += chunk.toString();
      setImmediate(done);
    },
  });
  streams.join({
    stdio: {
      paths: { terminal: false },
      stdin,
      detach: () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    },
    closeStdin: async () => undefined,
  });
  await Promise.all(['a', 'b', 'c'].map(async (piece) => session.stdin?.write(Buffer.from(piece))));
  assert.equal(text.slice(0, 2), 'ab');
  streams.end();
});
