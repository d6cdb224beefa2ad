// SPDX-License-Identifier: Apache-2.0
import { connect, type Socket } from 'node:net';

/** A connection on which the reply head was read and the rest flows as it comes. */
export interface RawConnection {
  /** Status line and headers, as they came. */
  readonly head: string;
  readonly socket: Socket;
  /** All bytes after the head, to the end of the connection; after `patience` ms what came until then. */
  rest(patience?: number): Promise<{ readonly bytes: Buffer; readonly ended: boolean }>;
  /** Waits until the bytes after the head hold a text. */
  hear(text: string, patience?: number): Promise<boolean>;
}

const delay = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

/** Sends a request without any client between, and waits for the head of the reply. */
export async function openRaw(
  socketPath: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<RawConnection> {
  const socket = connect(socketPath);
  let received = Buffer.alloc(0);
  let ended = false;
  socket.on('data', (chunk) => (received = Buffer.concat([received, chunk])));
  socket.on('close', () => (ended = true));
  socket.on('error', () => (ended = true));
  const lines = Object.entries({ Host: 'docker', ...headers }).map(([name, value]) => `${name}: ${value}`);
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  socket.write([`${method} ${path} HTTP/1.1`, ...lines, ...length, '', body].join('\r\n'));
  const until = async (isDone: () => boolean, patience: number): Promise<boolean> => {
    const deadline = Date.now() + patience;
    while (!isDone() && !ended && Date.now() < deadline) await delay(10);
    return isDone();
  };
  await until(() => received.includes('\r\n\r\n'), 10_000);
  const at = received.indexOf('\r\n\r\n') + 4;
  return {
    head: received.subarray(0, at).toString('latin1'),
    socket,
    rest: async (patience = 10_000) => {
      await until(() => false, patience);
      const bytes = received.subarray(at);
      socket.destroy();
      return { bytes, ended };
    },
    hear: (text, patience = 10_000) => until(() => received.subarray(at).includes(text), patience),
  };
}
