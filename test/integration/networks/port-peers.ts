// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { asyncDisposable } from '../../../src/base/disposal.ts';
import type { Engine } from '../../support/engine.ts';
import { docker } from '../../support/use-engine.ts';

/** Listens for both families at ports of tcp and of udp; tells what was said, and at which port. Ends with its stdin. */
const SERVER = `
  const net = require('node:net'), dgram = require('node:dgram');
  const { tcp, udp } = JSON.parse(process.argv[1]);
  let left = tcp.length + udp.length;
  const ready = () => { left -= 1; if (left === 0) console.log('ready'); };
  for (const port of tcp)
    net.createServer({ allowHalfOpen: true }, (c) => {
      c.on('error', () => {}).on('data', (said) => c.write('tcp ' + port + ' ' + said)).on('end', () => c.end());
    }).listen({ port, host: '::', backlog: 4096 }, ready);
  for (const port of udp) {
    const u = dgram.createSocket('udp6');
    u.on('message', (said, from) => u.send('udp ' + port + ' ' + said, from.port, from.address)).bind(port, '::', ready);
  }
  process.stdin.on('end', () => process.exit()).resume();
`;

/** Asks at many places at once; prints a line each: the answer, or the errno, or `silence` after a while. */
const CLIENT = `
  const net = require('node:net'), dgram = require('node:dgram');
  const places = JSON.parse(process.argv[1]);
  const tcp = (host, port) => new Promise((done) => {
    let said = '';
    const c = net.connect({ host, port, allowHalfOpen: true }, () => c.end('hi'));
    c.on('data', (more) => { said += more; }).on('end', () => done(said)).on('error', (e) => done(e.code));
    setTimeout(() => done('silence'), 3000).unref();
  });
  const udp = (host, port) => new Promise((done) => {
    const u = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
    u.on('message', (said) => { u.close(); done(String(said)); }).on('error', (e) => done(e.code));
    u.connect(port, host, () => u.send('hi'));
    setTimeout(() => done('silence'), 3000).unref();
  });
  Promise.all(places.map(([kind, host, port]) => (kind === 'tcp' ? tcp : udp)(host, port)))
    .then((answers) => { for (const answer of answers) console.log(answer); process.exit(); });
`;

/** Which ports a server listens at. */
export interface ServedPorts {
  readonly tcp?: readonly number[];
  readonly udp?: readonly number[];
}

/** A server in a container's network, ready when this resolves; disposal ends it. */
export const serve = async (
  engine: Engine,
  container: string,
  { tcp = [], udp = [] }: ServedPorts,
): Promise<AsyncDisposable> => {
  const pid = await docker(engine, ['inspect', '-f', '{{.State.Pid}}', container]);
  const child = spawn(
    'nsenter',
    [`--net=/proc/${pid}/ns/net`, process.execPath, '-e', SERVER, JSON.stringify({ tcp, udp })],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  await once(child.stdout, 'data');
  return asyncDisposable(async () => {
    if (child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.stdin.end();
    await gone;
  });
};

/** Somebody to ask: kind, host, port. */
export type Place = readonly [kind: 'tcp' | 'udp', host: string, port: number];

/** What all of them say to `hi` from inside a network namespace: the answer, an errno, or `silence`. */
export const ask = async (namespace: string, ...places: readonly Place[]): Promise<readonly string[]> => {
  const child = spawn(
    'nsenter',
    [`--net=${namespace}`, process.execPath, '-e', CLIENT, JSON.stringify(places)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) lines.push(line);
  return lines;
};

/** One connection that stays open: every text that is said is answered, by `closed` after its end. */
export interface Talk extends AsyncDisposable {
  say(text: string): Promise<string>;
}

const TALKER = `
  const net = require('node:net');
  const [host, port] = JSON.parse(process.argv[1]);
  const c = net.connect({ host, port }, () => console.log('ready'));
  c.on('data', (said) => console.log(String(said))).on('close', () => { console.log('closed'); process.exit(); }).on('error', () => {});
  process.stdin.on('data', (text) => c.write(text)).on('end', () => process.exit());
`;

/** Opens a connection from inside a network namespace. */
export const talk = async (namespace: string, host: string, port: number): Promise<Talk> => {
  const child = spawn(
    'nsenter',
    [`--net=${namespace}`, process.execPath, '-e', TALKER, JSON.stringify([host, port])],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  await next();
  child.stdin.on('error', () => undefined);
  return {
    say: async (text) => {
      child.stdin.write(text);
      return next();
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
};
