// SPDX-License-Identifier: Apache-2.0
import { isIPv6 } from 'node:net';
import { type Socket, createSocket } from 'node:dgram';
import type { DnsService } from './dns-sockets.ts';

/** Addresses are given as such: what would look them up costs more than an answer does. */
export const asGiven = (
  hostname: string,
  _options: object,
  callback: (error: null, address: string, family: number) => void,
): void => callback(null, hostname, isIPv6(hostname) ? 6 : 4);

const nobody = (): void => undefined;

/** Answers datagrams that reach the bound socket `fd`, which it owns from now on. */
export const serveDatagrams = (fd: number, service: DnsService): Disposable => {
  const socket: Socket = createSocket({ type: 'udp4', lookup: asGiven });
  let open = true;
  socket.on('message', (query, { port, address }) => {
    const reply = (answer: Uint8Array | undefined): void => {
      // A client that is gone misses nothing.
      if (answer && open) socket.send(answer, port, address, nobody);
    };
    const answer = service(query, 'udp');
    if (answer instanceof Promise) void answer.then(reply);
    else reply(answer);
  });
  socket.on('error', nobody);
  socket.bind({ fd });
  socket.unref();
  return {
    [Symbol.dispose]: () => {
      if (open) socket.close();
      open = false;
    },
  };
};
