// SPDX-License-Identifier: Apache-2.0
import { Socket, connect } from 'node:net';
import type { ForwardTarget } from './host-ports.ts';

/** After so long a silence (ms) the kernel asks whether the other side is still there: the number of Go's net package. */
const KEEP_ALIVE = 15_000;

/** What one side says or ends, the other side gets, no faster than it takes it. What breaks on one side breaks the other. */
const pass = (from: Socket, to: Socket): void => {
  from.pipe(to);
  from.on('error', () => to.destroy());
  // After its end nothing is lost: what is still on its way to the other side gets there.
  from.on('close', () => {
    if (!from.readableEnded) to.destroy();
  });
};

/**
 * Passes the connection that is open as `fd` on to `target`; `ended` is called once, when both sides are closed. Gives
 * the client's side: destroying it ends both.
 */
export const joinConnections = (fd: number, target: ForwardTarget, ended: () => void): Socket => {
  const client = new Socket({ fd, allowHalfOpen: true });
  client.setNoDelay(true);
  client.setKeepAlive(true, KEEP_ALIVE);
  const upstream = connect({
    host: target.address,
    port: target.port,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE,
  });
  const open = new Set([client, upstream]);
  for (const side of [client, upstream])
    side.on('close', () => {
      open.delete(side);
      if (open.size === 0) ended();
    });
  pass(client, upstream);
  pass(upstream, client);
  return client;
};
