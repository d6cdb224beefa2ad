// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import { EngineError, isKind, messageOf } from '../../base/errors.ts';
import type { StreamSession } from '../../domain/containers/index.ts';
import type { Exchange } from '../exchange.ts';

/** The longest message a client may send (bytes). */
const LONGEST = 32 * 1024 * 1024;
/** From so many bytes on that the client has not taken, the process's output waits. */
const HELD_BACK = 256 * 1024;
/** How long a client may take to answer the engine's close (ms). */
const LINGER = 1000;
/** RFC 6455, 7.4.1. */
const NORMAL = 1000;
const FAILED = 1011;

/** Shakes hands. Anybody may: an origin is not looked at, as in dockerd. @throws invalid-argument for no WebSocket request; the client has been told */
const accept = async (request: IncomingMessage, socket: Socket): Promise<WebSocket> => {
  // Few clients ever use it: what the library costs is paid then.
  const { WebSocketServer: Server } = await import('ws');
  const server: WebSocketServer = new Server({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: LONGEST,
    clientTracking: false,
  });
  const accepted = Promise.withResolvers<WebSocket>();
  const refused = (error: Error): void =>
    accepted.reject(new EngineError('invalid-argument', error.message, { cause: error }));
  server.on('wsClientError', (error: Error, client: Socket) => {
    client.end(`HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    refused(error);
  });
  socket.once('close', () => refused(new EngineError('cancelled', 'the client has hung up')));
  server.handleUpgrade(request, socket, Buffer.alloc(0), (client) => accepted.resolve(client));
  return accepted.promise;
};

const bytesOf = (data: RawData): Uint8Array => {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
};

/** Messages to the process, one after the other; nothing more is read from the client while the process does not read. */
const sendInput = (client: WebSocket, { stdin }: StreamSession): void => {
  let last = Promise.resolve();
  client.on('message', (data) => {
    if (!stdin) return;
    client.pause();
    last = last
      .then(async () => stdin.write(bytesOf(data)))
      // The process no longer reads; what it still has to say goes on.
      .catch(() => undefined)
      .then(() => client.resume());
  });
  client.once('close', () => stdin?.end());
};

/** Sends one message; resolves at once unless the client lags behind. @throws cancelled when it is gone */
const send = async (client: WebSocket, data: Uint8Array, binary: boolean): Promise<void> => {
  if (client.readyState !== client.OPEN) throw new EngineError('cancelled', 'the client has hung up');
  const sent = Promise.withResolvers<void>();
  // What the pump reads into may be used again, and the library keeps a reference until the bytes are out.
  client.send(Buffer.from(data), { binary }, () => sent.resolve());
  if (client.bufferedAmount > HELD_BACK) await sent.promise;
};

/** Output as it comes, never framed by stream. Gives the code to close with. */
const sendOutput = async (client: WebSocket, session: StreamSession, binary: boolean): Promise<number> => {
  try {
    for await (const { data } of session.output) await send(client, data, binary);
    return NORMAL;
  } catch (error) {
    if (isKind(error, 'cancelled')) return NORMAL;
    await send(client, Buffer.from(`${messageOf(error)}\r\n`), binary).catch(() => undefined);
    return FAILED;
  }
};

const closed = async (client: WebSocket, code: number): Promise<void> => {
  if (client.readyState === client.CLOSED) return;
  const done = Promise.withResolvers<void>();
  client.once('close', () => done.resolve());
  client.close(code);
  const impatience = setTimeout(() => client.terminate(), LINGER);
  await done.promise;
  clearTimeout(impatience);
};

/**
 * Joins a WebSocket and a process's streams until the output ends or the client is gone. `binary` chooses the kind of the
 * messages; a client may send both kinds. A request that is no WebSocket's gets a bare 400.
 */
export const serveWebsocket = async (
  exchange: Exchange,
  session: StreamSession,
  { binary }: { readonly binary: boolean },
): Promise<void> => {
  const { connection, request } = exchange.upgrade();
  connection.onClose(() => session.close());
  try {
    const client = await accept(request, connection.output);
    client.on('error', () => client.terminate());
    sendInput(client, session);
    await closed(client, await sendOutput(client, session, binary));
  } catch (error) {
    if (!isKind(error, 'invalid-argument', 'cancelled')) throw error;
  } finally {
    session.close();
  }
};
