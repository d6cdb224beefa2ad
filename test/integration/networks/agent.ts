// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { asyncDisposable } from '../../../src/base/disposal.ts';

/** Answers on tcp 80 and 81 and on udp 53 with who asks, and asks others on demand: a line of JSON for a line of JSON. */
const PROGRAM = `
  const net = require('node:net'), dgram = require('node:dgram');
  const plain = (address) => address.replace(/^::ffff:/, '');
  const listening = [80, 81].map((port) => new Promise((resolve) =>
    net.createServer((c) => { c.on('error', () => {}); c.end(plain(c.remoteAddress ?? '')); })
      .listen(port, '::', resolve).on('error', resolve)));
  listening.push(new Promise((resolve) => {
    const u = dgram.createSocket('udp6');
    u.on('message', (m, from) => u.send(plain(from.address), from.port, from.address));
    u.on('error', resolve);
    u.bind(53, '::', resolve);
  }));
  const askTcp = (host, port, done) => {
    const c = net.connect({ host, port });
    let text = '';
    c.on('data', (d) => (text += d)).on('end', () => done(text)).on('error', (e) => done('error ' + e.code));
    return () => c.destroy();
  };
  const askUdp = (host, port, done) => {
    const u = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
    u.on('message', (m) => done(String(m))).on('error', (e) => done('error ' + e.code));
    const send = () => u.send('ping', port, host, () => {});
    send();
    const again = setInterval(send, 200);
    return () => { clearInterval(again); u.close(); };
  };
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, protocol, host, port, patience } = JSON.parse(line);
    const done = (answer) => {
      if (answered) return;
      answered = true;
      clearTimeout(timer);
      setImmediate(() => stop());
      console.log(JSON.stringify({ id, answer }));
    };
    let answered = false;
    const timer = setTimeout(() => done('silence'), patience);
    const stop = (protocol === 'udp' ? askUdp : askTcp)(host, port, done);
  });
  Promise.all(listening).then(() => console.log(JSON.stringify({ id: 0, answer: 'ready' })));
`;

/** How long (ms) an answer is waited for that must come, and one that must not. */
const PATIENCE = 8000;
const DOUBT = 700;

/** A program in a network namespace, or in this process's own: a server and a client. Disposal ends it. */
export interface Agent extends AsyncDisposable {
  /** What the server at `host`:`port` says: the address from which it sees the question come. Fails when it says nothing. */
  reaches(host: string, port: number, protocol?: 'tcp' | 'udp'): Promise<string>;
  /** Fails when there is an answer. */
  misses(host: string, port: number, protocol?: 'tcp' | 'udp'): Promise<void>;
}

/** Starts an agent in the namespace at `path`; empty: where this process is. */
export const startAgent = async (path: string): Promise<Agent> => {
  const program = [process.execPath, '-e', PROGRAM];
  const [command = '', ...args] = path === '' ? program : ['nsenter', `--net=${path}`, ...program];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<number, (answer: string) => void>();
  const ready = new Promise<string>((resolve) => waiting.set(0, resolve));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, answer } = JSON.parse(line) as { id: number; answer: string };
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  await ready;
  const state = { next: 1 };
  const ask = async (host: string, port: number, protocol: string, patience: number): Promise<string> =>
    new Promise((resolve) => {
      const id = state.next++;
      waiting.set(id, resolve);
      child.stdin.write(`${JSON.stringify({ id, protocol, host, port, patience })}\n`);
    });
  return {
    ...asyncDisposable(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, 'exit');
    }),
    reaches: async (host, port, protocol = 'tcp') => {
      const answer = await ask(host, port, protocol, PATIENCE);
      assert.doesNotMatch(answer, /^(silence|error .*|)$/, `${protocol} ${host} ${port}: ${answer}`);
      return answer;
    },
    misses: async (host, port, protocol = 'tcp') => {
      const answer = await ask(host, port, protocol, DOUBT);
      assert.match(answer, /^(silence|error .*|)$/, `${protocol} ${host} ${port}: ${answer}`);
    },
  };
};
