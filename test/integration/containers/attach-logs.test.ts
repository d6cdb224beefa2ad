// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { it } from 'node:test';
import { WebSocket } from 'ws';
import { docker, useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

/** Lines that a container says; one of ten to stderr, one of ten in two writes. */
const LINES = 10_000;

const COUNT = `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); case $i in *7) printf "o"; echo "ut $i";; *3) echo "err $i" >&2;; *) echo "out $i";; esac; done; echo end`;

const numbers = (wanted: RegExp): string => {
  const lines = Array.from(
    { length: LINES },
    (_, index) => `${(index + 1) % 10 === 3 ? 'err' : 'out'} ${index + 1}`,
  );
  return `${[...lines, 'end'].filter((line) => wanted.test(line)).join('\n')}\n`;
};

const ERR = /^err/;
const NOT_ERR = /^[^e]|^end/;

/** Splits what an attach without a terminal told into the two outputs. */
const demultiplex = (bytes: Buffer): string[] => {
  const parts: Buffer[][] = [[], []];
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at + 4);
    parts[bytes[at] === 2 ? 1 : 0]?.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return parts.map((each) => Buffer.concat(each).toString());
};

/** Tells where two texts differ: the whole of them would be megabytes. */
const assertSame = (heard: string, said: string, who: string): void => {
  if (heard === said) return;
  let at = 0;
  while (heard[at] === said[at]) at += 1;
  const near = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 40), at + 40));
  assert.fail(`${who}: from byte ${at} on heard ${near(heard)}, said ${near(said)}`);
};

const QUERY = 'logs=1&stream=1&stdout=1&stderr=1';

/** All that a client is told, to the end of the connection; a slow one reads in fits and starts. */
const hear = async (name: string, isSlow: boolean): Promise<Buffer> => {
  const socket = connect(engine().socket);
  const chunks: Buffer[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    if (!isSlow) return;
    socket.pause();
    setTimeout(() => void socket.resume(), 10);
  });
  socket.on('close', () => resolve()).on('error', reject);
  socket.write(
    `POST /v1.41/containers/${name}/attach?${QUERY} HTTP/1.1\r\nHost: x\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n`,
  );
  await promise;
  const bytes = Buffer.concat(chunks);
  assert.match(bytes.toString('latin1', 0, 20), /^HTTP\/1\.1 101 /);
  return bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
};

/** As `hear`, through a WebSocket: one kind of output alone, as it is not framed. */
const hearByWebSocket = async (name: string, stream: string): Promise<string> => {
  const path = `/v1.51/containers/${name}/attach/ws?logs=1&stream=1&${stream}=1`;
  const client = new WebSocket(`ws+unix:${engine().socket}:${path}`, { perMessageDeflate: false });
  const chunks: Buffer[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.on('message', (data) => chunks.push(data as Buffer));
  client.on('close', () => resolve()).on('error', reject);
  await promise;
  return Buffer.concat(chunks).toString();
};

interface Speaker {
  readonly name: string;
  readonly options: readonly string[];
  readonly clients: number;
}

/** Lets a container speak while clients come, the first before it has begun; each is checked when the container has ended. */
const listen = async ({ name, options, clients }: Speaker): Promise<void> => {
  await docker(engine(), ['create', '--name', name, ...options, 'busybox', 'sh', '-c', COUNT]);
  const heard: Promise<void>[] = [];
  const both = async (who: number): Promise<void> => {
    const [stdout = '', stderr = ''] = demultiplex(await hear(name, who % 4 === 3));
    assertSame(stdout, numbers(NOT_ERR), `${name} ${who} stdout`);
    assertSame(stderr, numbers(ERR), `${name} ${who} stderr`);
  };
  const one = async (who: number): Promise<void> =>
    assertSame(await hearByWebSocket(name, 'stderr'), numbers(ERR), `${name} ${who} by WebSocket`);
  const come = (who: number): void => void heard.push(who % 5 === 4 ? one(who) : both(who));
  come(0);
  await docker(engine(), ['start', name]);
  for (let who = 1; who < clients; who += 1) {
    come(who);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  await Promise.all(heard);
  await docker(engine(), ['rm', '-f', name]);
};

it('twenty clients that come while a container speaks are told all it said, once, though its log is rotated', () =>
  listen({ name: 'rotated', options: ['--log-opt=max-size=100k', '--log-opt=max-file=100'], clients: 20 }));

for (const [name, options] of [
  ['compact', ['--log-driver=local']],
  ['unhindered', ['--log-opt=mode=non-blocking', '--log-opt=max-buffer-size=64m']],
  ['copied', ['--log-driver=gelf', '--log-opt=gelf-address=udp://127.0.0.1:12201']],
] as const)
  it(`so it is with ${options.join(' ')}`, () => listen({ name, options, clients: 6 }));

it('a terminal is told of in order, too, and so is what has ended', async () => {
  await docker(engine(), ['create', '-t', '--name', 'terminal', 'busybox', 'sh', '-c', COUNT]);
  const first = hear('terminal', false);
  await docker(engine(), ['start', 'terminal']);
  const others = [false, true, false].map((isSlow) => hear('terminal', isSlow));
  const said = numbers(/./).replaceAll('\n', '\r\n');
  for (const each of [first, ...others]) assertSame((await each).toString(), said, 'terminal');
  // Nobody speaks any more: the log is told, and the live stream is that of the next run.
  const late = hear('terminal', false);
  await docker(engine(), ['start', 'terminal']);
  assertSame((await late).toString(), said + said, 'terminal, late');
  await docker(engine(), ['rm', '-f', 'terminal']);
});
