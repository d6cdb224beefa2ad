// SPDX-License-Identifier: Apache-2.0
import { type Socket, connect, createServer } from 'node:net';
import type { ForwardTarget } from './host-ports.ts';

/** Joins two connections: what one side says or ends, the other side gets; an error on one side ends both. */
const join = (one: Socket, other: Socket): void => {
  const end = (): void => {
    one.destroy();
    other.destroy();
  };
  one.on('error', end).on('close', end);
  other.on('error', end).on('close', end);
  one.pipe(other);
  other.pipe(one);
};

/** Passes connections that the listening socket `fd` takes on to `target`. Disposal closes the socket and ends them all. */
export const forwardConnections = (fd: number, target: ForwardTarget): Disposable => {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
    const upstream = connect({
      host: target.address,
      port: target.port,
      allowHalfOpen: true,
      noDelay: true,
    });
    open.add(client);
    client.on('close', () => open.delete(client));
    join(client, upstream);
  });
  // Nothing waits for the server: a socket that cannot listen any more leaves the port held and unanswered.
  server.on('error', () => undefined);
  server.listen({ fd });
  server.unref();
  return {
    [Symbol.dispose]: () => {
      server.close();
      for (const client of open) client.destroy();
    },
  };
};
