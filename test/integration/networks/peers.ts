// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { asyncDisposable } from '../../../src/base/disposal.ts';

/** Answers on tcp 80 with who asked, and on udp 53 with what was said. */
const SERVER = `
  const net = require('node:net'), dgram = require('node:dgram');
  net.createServer((c) => c.end('hello ' + c.remoteAddress)).listen(80, '0.0.0.0', () => {
    const u = dgram.createSocket('udp4');
    u.on('message', (m, from) => u.send('echo ' + m, from.port, from.address));
    u.bind(53, '0.0.0.0', () => console.log('ready'));
  });
`;

/** A server in the namespace at `path`, ready when this resolves; disposal ends it. */
export const startServer = async (path: string): Promise<AsyncDisposable> => {
  const child = spawn('nsenter', [`--net=${path}`, process.execPath, '-e', SERVER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return asyncDisposable(async () => {
    child.kill();
    await once(child, 'exit');
  });
};

/** What the tcp server at `host`:`port` says to this process. @throws when it does not answer in a second */
export const askTcp = async (host: string, port: number): Promise<string> => {
  const client = connect({ host, port, signal: AbortSignal.timeout(1000) });
  return Buffer.concat((await client.toArray()) as Buffer[]).toString();
};

/** What the udp server at `host`:`port` says. @throws when it does not answer in a second */
export const askUdp = async (host: string, port: number): Promise<string> => {
  const client = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    client.send('ping', port, host);
    const [answer] = (await once(client, 'message', { signal: AbortSignal.timeout(1000) })) as [Buffer];
    return answer.toString();
  } finally {
    client.close();
  }
};

/** What the tcp server at `host`:`port` says to a client in the namespace at `path`; empty when it does not answer. */
export const askFrom = async (path: string, host: string, port: number): Promise<string> => {
  const command = [`--net=${path}`, 'busybox', 'nc', '-w', '2', host, `${port}`];
  const child = promisify(execFile)('nsenter', command, { timeout: 5000 });
  child.child.stdin?.end();
  return child.then(
    ({ stdout }) => stdout,
    () => '',
  );
};
