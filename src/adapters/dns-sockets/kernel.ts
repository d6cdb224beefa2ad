// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { parseIp } from '../../spec/ip.ts';
import { internetAddress } from '../../sys/socket-address.ts';
import {
  AF,
  IPPROTO,
  SOCK,
  SOL_SOCKET,
  SO_REUSEADDR,
  bindSocket,
  boundPort,
  closeSocket,
  listenSocket,
  openSocket,
  setSocketOption,
} from '../../sys/socket.ts';
import { ask } from './ask.ts';
import type { DnsPlace, DnsSockets, DnsTransport } from './dns-sockets.ts';
import { serveConnections } from './serve-connections.ts';
import { serveDatagrams, sharedSpace } from './serve-datagrams.ts';

/** `<asm-generic/socket.h>`. */
const SO_RCVBUFFORCE = 33;
/** Octets of datagrams that wait: some 1300 queries, each of which the kernel counts as 768. Its own default holds 270. */
const RECEIVE_BUFFER = 0x10_0000;
/** Connections that wait to be accepted. */
const BACKLOG = 64;

const open = (transport: DnsTransport, { address, port }: DnsPlace, opened: DisposableStack): number => {
  const ip = parseIp(address);
  if (!ip) throw new EngineError('invalid-argument', `invalid IP address: ${address}`);
  const [type, protocol] = transport === 'udp' ? [SOCK.datagram, IPPROTO.udp] : [SOCK.stream, IPPROTO.tcp];
  const fd = openSocket(AF.inet, type | SOCK.nonBlock, protocol);
  opened.defer(() => closeSocket(fd));
  // A connection of an earlier daemon that is not forgotten yet must not keep the port.
  if (transport === 'tcp') setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (transport === 'udp') setSocketOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER / 2);
  bindSocket(fd, internetAddress(ip, port));
  if (transport === 'tcp') listenSocket(fd, BACKLOG);
  return fd;
};

/** The kernel's sockets. */
export const createDnsSockets = (): DnsSockets => {
  const space = sharedSpace();
  return {
    listen: (place, service) => {
      using opened = new DisposableStack();
      const udp = open('udp', place, opened);
      const tcp = open('tcp', place, opened);
      const ports = { udpPort: boundPort(udp), tcpPort: boundPort(tcp) };
      opened.move();
      const datagrams = serveDatagrams(udp, service, space);
      const connections = serveConnections(tcp, service);
      return {
        ...ports,
        [Symbol.dispose]: () => {
          datagrams[Symbol.dispose]();
          connections[Symbol.dispose]();
        },
      };
    },
    ask,
  };
};
