// SPDX-License-Identifier: Apache-2.0
import { createSocket } from 'node:dgram';
import { Socket, isIPv6 } from 'node:net';
import { EngineError } from '../../base/errors.ts';
import { internetAddress } from '../../sys/socket-address.ts';
import { AF, IPPROTO, SOCK, bindSocket, closeSocket, openSocket } from '../../sys/socket.ts';
import type { DnsConversation, DnsConversationEvents, DnsServer, DnsTransport } from './dns-sockets.ts';
import { framed, readFrames } from './framing.ts';

/** Addresses are given as such: what would look them up costs more than an answer does. */
const asGiven = (
  hostname: string,
  _options: object,
  callback: (error: null, address: string, family: number) => void,
): void => callback(null, hostname, isIPv6(hostname) ? 6 : 4);

interface ToldOnce {
  over: boolean;
  readonly received: (message: Buffer) => void;
  readonly failed: (error: Error) => void;
}

/** Tells of one failure at most, and of nothing once it is over. */
const once = (events: DnsConversationEvents): ToldOnce => {
  const guarded: ToldOnce = {
    over: false,
    received: (message) => {
      if (!guarded.over) events.received(message);
    },
    failed: (error) => {
      if (guarded.over) return;
      guarded.over = true;
      events.failed(error);
    },
  };
  return guarded;
};

const familyOf = (address: string): number => (isIPv6(address) ? AF.inet6 : AF.inet);

/**
 * A socket with a random port of its own. It is bound here, since Node sets SO_REUSEADDR on what it is given: the kernel
 * would choose ports then that other such sockets have, and replies would reach the wrong one.
 */
const openDatagramSocket = (address: string): number => {
  const fd = openSocket(familyOf(address), SOCK.datagram | SOCK.nonBlock, IPPROTO.udp);
  try {
    bindSocket(fd, internetAddress({ family: isIPv6(address) ? 6 : 4, value: 0n }, 0));
    return fd;
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
};

/** A connected socket: the kernel lets nobody else's datagrams in, and tells when nobody is there. */
const askByDatagram = (
  { address, port }: DnsServer,
  query: Uint8Array,
  events: DnsConversationEvents,
): DnsConversation => {
  const told = once(events);
  const fd = openDatagramSocket(address);
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', lookup: asGiven });
  let open = true;
  socket.on('message', told.received);
  socket.on('error', told.failed);
  socket.bind({ fd });
  socket.unref();
  // A callback of `connect` would be called when no way leads there, too, in place of `error`.
  socket.once('connect', () => {
    if (open)
      socket.send(query, (error) => {
        if (error) told.failed(error);
      });
  });
  socket.connect(port, address);
  return {
    [Symbol.dispose]: () => {
      told.over = true;
      if (open) socket.close();
      open = false;
    },
  };
};

const askByConnection = (
  { address, port }: DnsServer,
  query: Uint8Array,
  events: DnsConversationEvents,
): DnsConversation => {
  const told = once(events);
  const fd = openSocket(familyOf(address), SOCK.stream | SOCK.nonBlock, IPPROTO.tcp);
  const socket = new Socket({ fd });
  readFrames(socket, told.received);
  socket.on('error', told.failed);
  socket.on('close', () => told.failed(new EngineError('unavailable', 'the server ended the connection')));
  socket.connect({ host: address, port, lookup: asGiven });
  socket.unref();
  socket.write(framed(query));
  return {
    [Symbol.dispose]: () => {
      told.over = true;
      socket.destroy();
    },
  };
};

/** Sends one query from a socket of its own. */
export const ask = (
  server: DnsServer,
  transport: DnsTransport,
  query: Uint8Array,
  events: DnsConversationEvents,
): DnsConversation =>
  transport === 'udp' ? askByDatagram(server, query, events) : askByConnection(server, query, events);
