// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type Ip, parseIp } from '../../spec/ip.ts';
import type { Protocol } from '../../spec/port.ts';
import { errnoOf } from '../../sys/errno.ts';
import { internetAddress } from '../../sys/socket-address.ts';
import {
  AF,
  IPPROTO,
  SOCK,
  SOL_SOCKET,
  SO_REUSEADDR,
  bindSocket,
  closeSocket,
  listenSocket,
  openSocket,
  setSocketOption,
} from '../../sys/socket.ts';

/** `<linux/in6.h>`. */
const IPV6_V6ONLY = 26;
/** Of a port in a `sockaddr_in` and a `sockaddr_in6`. */
const PORT_OFFSET = 2;
/** Connections that wait to be accepted; the kernel caps it at net.core.somaxconn. */
const BACKLOG = 4096;

const TYPES: Readonly<Record<Protocol, number>> = { tcp: SOCK.stream, udp: SOCK.datagram, sctp: SOCK.stream };

/** One address at which ports are bound, parsed once for all of them. `both`: `::` with all of IPv4. */
export interface BindPlace {
  readonly address: string;
  readonly family: Ip['family'];
  /** The socket address, with room for a port. */
  readonly bytes: Buffer;
  readonly both: boolean;
}

/** @throws invalid-argument for a text that is no address */
export const bindPlace = (address: string): BindPlace => {
  const ip = parseIp(address);
  if (!ip) throw new EngineError('invalid-argument', `invalid IP address: ${address}`);
  return { address, family: ip.family, bytes: internetAddress(ip, 0), both: false };
};

/** Opens, binds and (where the protocol has connections) listens: some 15 µs. Gives the open file. @throws as bind(2) */
export const openPort = (protocol: Protocol, place: BindPlace, port: number): number => {
  const type = TYPES[protocol] | SOCK.nonBlock;
  const fd = openSocket(place.family === 4 ? AF.inet : AF.inet6, type, IPPROTO[protocol]);
  try {
    // Without it a connection that was closed a moment ago would keep the port from us; it lets nobody share the port.
    if (protocol === 'tcp') setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (place.family === 6) setSocketOption(fd, IPPROTO.ipv6, IPV6_V6ONLY, place.both ? 0 : 1);
    place.bytes.writeUInt16BE(port, PORT_OFFSET);
    bindSocket(fd, place.bytes);
    if (protocol !== 'udp') listenSocket(fd, BACKLOG);
    return fd;
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
};

/** Whether the host takes IPv6 connections. */
export const hasIpv6 = (): boolean => {
  try {
    closeSocket(openPort('tcp', bindPlace('::1'), 0));
    return true;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
};
