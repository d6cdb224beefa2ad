// SPDX-License-Identifier: Apache-2.0
import { type Socket, createServer } from 'node:net';
import type { DnsService } from './dns-sockets.ts';
import { framed, readFrames } from './framing.ts';

/** A connection that is silent for so long (ms), and waits for nothing, is closed: what RFC 7766, 6.2.3 calls a few seconds. */
const PATIENCE = 8000;
/** More connections at a time than this are closed at once: each one costs an open file of the daemon. */
const MOST_CONNECTIONS = 64;
/** Queries of one connection that wait for their answers; it is not read any further meanwhile. */
const MOST_WAITING = 32;

const nobody = (): void => undefined;

/** Answers what comes on one connection, each query when its answer is there (RFC 7766, 6.2.1.1). */
const serveConnection = (socket: Socket, service: DnsService): void => {
  let waiting = 0;
  const write = (answer: Uint8Array | undefined): void => {
    if (!answer || socket.destroyed) return;
    // One that asks and does not read is not worth memory.
    if (!socket.write(framed(answer)) && socket.writableLength > 4 * 65_535) socket.destroy();
  };
  const wait = async (answer: Promise<Uint8Array | undefined>): Promise<void> => {
    waiting += 1;
    if (waiting >= MOST_WAITING) socket.pause();
    write(await answer);
    waiting -= 1;
    if (waiting < MOST_WAITING) socket.resume();
    if (waiting === 0 && socket.readableEnded) socket.end();
  };
  readFrames(socket, (query) => {
    const answer = service(query, 'tcp');
    if (answer instanceof Promise) void wait(answer);
    else write(answer);
  });
  socket.on('end', () => {
    if (waiting === 0) socket.end();
  });
  socket.on('error', nobody);
  socket.setTimeout(PATIENCE, () => {
    if (waiting === 0) socket.destroy();
  });
  socket.unref();
};

/** Answers on connections to the listening socket `fd`, which it owns from now on. */
export const serveConnections = (fd: number, service: DnsService): Disposable => {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    serveConnection(socket, service);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('error', nobody);
  server.listen({ fd });
  server.unref();
  return {
    [Symbol.dispose]: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
};
