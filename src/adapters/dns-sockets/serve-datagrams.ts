// SPDX-License-Identifier: Apache-2.0
import { isIPv6 } from 'node:net';
import { type RemoteInfo, createSocket } from 'node:dgram';
import { parseIp } from '../../spec/ip.ts';
import { type DatagramSpace, datagramSpace, receiveDatagram, sendDatagram } from '../../sys/datagram.ts';
import { internetAddress } from '../../sys/socket-address.ts';
import type { DnsService } from './dns-sockets.ts';

/** Addresses are given as such: what would look them up costs more than an answer does. */
export const asGiven = (
  hostname: string,
  _options: object,
  callback: (error: null, address: string, family: number) => void,
): void => callback(null, hostname, isIPv6(hostname) ? 6 : 4);

const nobody = (): void => undefined;

/** Datagrams that are received at one go, and for how long (ms): others, and the daemon's other work, come between two such. */
const MOST_AT_ONCE = 64;
const LONGEST_TURN = 1;

/** A place that datagrams of one thread are received in, one after the other. */
export const sharedSpace = (): DatagramSpace => datagramSpace(0xffff);

/** `sockaddr`s of those whom Node has heard: mostly the one of loopback. */
const senderAddresses = (): ((sender: RemoteInfo) => Buffer) => {
  let known: { readonly address: string; readonly bytes: Buffer } = { address: '', bytes: Buffer.alloc(0) };
  return ({ address, port }) => {
    if (known.address !== address) {
      const ip = parseIp(address) ?? { family: 4, value: 0n };
      known = { address, bytes: internetAddress(ip, port) };
    }
    known.bytes.writeUInt16BE(port, 2);
    return known.bytes;
  };
};

/**
 * Answers datagrams that reach the bound socket `fd`, which it owns from now on. Node tells that there are some, with
 * the first of them; the others are taken and all are answered by calls of our own, which allocate nothing.
 */
export const serveDatagrams = (fd: number, service: DnsService, space: DatagramSpace): Disposable => {
  const socket = createSocket({ type: 'udp4', lookup: asGiven });
  const addressOf = senderAddresses();
  let open = true;
  let left = MOST_AT_ONCE;

  const serve = (query: Buffer, from: Buffer): void => {
    const answer = service(query, 'udp');
    if (!answer) return;
    // A client that is gone misses nothing.
    if (!(answer instanceof Promise)) return void sendDatagram(fd, answer, from);
    const sender = Buffer.from(from);
    void answer.then((late) => late && open && sendDatagram(fd, late, sender));
  };
  const refill = (): void => {
    left = MOST_AT_ONCE;
  };
  const drain = (): void => {
    const end = performance.now() + LONGEST_TURN;
    while (open && left > 0) {
      left = performance.now() > end ? 0 : left - 1;
      if (left === 0) setImmediate(refill);
      const length = receiveDatagram(fd, space);
      if (length < 0) return;
      serve(space.bytes.subarray(0, length), space.from);
    }
  };
  socket.on('message', (query, sender) => {
    if (!open) return;
    serve(query, addressOf(sender));
    drain();
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
