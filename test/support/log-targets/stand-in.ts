// SPDX-License-Identifier: Apache-2.0
// A service that takes logs, run inside the engine's network namespace: `stand-in.ts KIND JSON`. It writes a line of JSON
// for everything that reaches it, `{"ready":true}` first.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createServer as createTls } from 'node:tls';
import { decodeMultiStream, encode } from '@msgpack/msgpack';

/** What a stand-in is told: a port (of 127.0.0.1 unless `host` says another) or a path, TLS files, and how it answers. */
export interface StandInOptions {
  readonly port?: number;
  readonly host?: string;
  readonly path?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** Clients must show a certificate of this authority. */
  readonly clientAuthority?: string;
  /** Statuses of the first HTTP answers, in order; what follows is 200. */
  readonly statuses?: readonly number[];
}

const say = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

/** Bytes as text that JSON carries unharmed. */
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const ready = (): void => say({ ready: true });

const listen = (
  server: { listen: (where: object, then: () => void) => unknown },
  { host = '127.0.0.1', port, path }: StandInOptions,
): void => {
  server.listen(path === undefined ? { host, port } : { path }, ready);
};

const tlsOf = ({ certificate = '', key = '', clientAuthority }: StandInOptions): object => ({
  cert: readFileSync(certificate),
  key: readFileSync(key),
  ...(clientAuthority === undefined
    ? {}
    : { ca: readFileSync(clientAuthority), requestCert: true, rejectUnauthorized: true }),
});

const onStream = (socket: Socket): void => {
  say({ connected: true });
  socket.on('error', () => undefined);
  socket.on('data', (data: Uint8Array) => say({ data: latin(data) }));
  socket.on('end', () => say({ ended: true }));
};

const onFluentd = async (socket: Socket): Promise<void> => {
  say({ connected: true });
  for await (const event of decodeMultiStream(socket)) {
    say({ event });
    const { chunk } = (event as [unknown, unknown, unknown, { readonly chunk?: string }])[3];
    if (chunk !== undefined) socket.write(encode({ ack: chunk }));
  }
};

/** What the services answer to what they take. */
const bodyOf = ({ url = '', headers }: IncomingMessage): string => {
  if (url === '/credentials') return JSON.stringify({ AccessKeyId: 'id', SecretAccessKey: 'secret' });
  if (url === '/token') return JSON.stringify({ access_token: 'secret', expires_in: 3600 });
  return headers['x-amz-target'] === undefined ? '{}' : JSON.stringify({ nextSequenceToken: 'next' });
};

const onRequest =
  (statuses: number[]): RequestListener =>
  (request, response) => {
    void buffer(request).then((body) => {
      const { method, url, headers } = request;
      say({ method, url, headers, body: latin(body) });
      const status = statuses.shift() ?? 200;
      const refusal = { __type: 'ResourceNotFoundException', message: 'the log group does not exist' };
      response.statusCode = status;
      response.end(status === 200 ? bodyOf(request) : JSON.stringify(refusal));
    });
  };

const KINDS: Readonly<Record<string, (options: StandInOptions) => void>> = {
  udp: ({ port = 0 }) => {
    const socket = createSocket('udp4');
    socket.on('message', (data) => say({ data: latin(data) }));
    socket.bind(port, '127.0.0.1', ready);
  },
  tcp: (options) => listen(createTcp(onStream), options),
  tls: (options) => listen(createTls(tlsOf(options), onStream), options),
  fluentd: (options) =>
    listen(
      createTcp((socket) => void onFluentd(socket).catch(() => undefined)),
      options,
    ),
  http: (options) => listen(createHttp(onRequest([...(options.statuses ?? [])])), options),
  https: (options) => listen(createHttps(tlsOf(options), onRequest([...(options.statuses ?? [])])), options),
};

const [, file = '', kind = '', options = '{}'] = process.argv;
if (file === import.meta.filename) KINDS[kind]?.(JSON.parse(options) as StandInOptions);
