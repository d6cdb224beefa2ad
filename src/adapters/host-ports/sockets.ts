// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { errnoOf } from '../../sys/errno.ts';
import { internetAddress } from '../../sys/socket-address.ts';
import {
  AF,
  IPPROTO,
  SOCK,
  bindSocket,
  closeSocket,
  listenSocket,
  openSocket,
  setSocketOption,
} from '../../sys/socket.ts';
import { parseIp } from '../../spec/ip.ts';
import type { Protocol } from '../../spec/port.ts';
import { forwardConnections } from './forward-connections.ts';
import { forwardDatagrams } from './forward-datagrams.ts';
import type { ForwardTarget, HeldPort, HostPort, HostPorts } from './host-ports.ts';

/** `<asm-generic/socket.h>` and `<linux/in6.h>`. */
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPV6_V6ONLY = 26;
/** Connections that wait to be accepted; the kernel caps it at net.core.somaxconn. */
const BACKLOG = 4096;

const TYPES: Readonly<Record<Protocol, number>> = { tcp: SOCK.stream, udp: SOCK.datagram, sctp: SOCK.stream };

/** Opens, binds and (where the protocol has connections) listens. Gives the open file. */
const openPort = ({ protocol, address, port }: HostPort): number => {
  const ip = parseIp(address);
  if (!ip) throw new EngineError('invalid-argument', `invalid IP address: ${address}`);
  const fd = openSocket(
    ip.family === 4 ? AF.inet : AF.inet6,
    TYPES[protocol] | SOCK.nonBlock,
    IPPROTO[protocol],
  );
  try {
    // Without it a connection that was closed a moment ago would keep the port from us; it lets nobody share the port.
    if (protocol === 'tcp') setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (ip.family === 6) setSocketOption(fd, IPPROTO.ipv6, IPV6_V6ONLY, 1);
    bindSocket(fd, internetAddress(ip, port));
    if (protocol !== 'udp') listenSocket(fd, BACKLOG);
    return fd;
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
};

const forward = (fd: number, port: HostPort, target: ForwardTarget): Disposable => {
  if (port.protocol === 'tcp') return forwardConnections(fd, target);
  if (port.protocol === 'udp')
    return forwardDatagrams(fd, port.address.includes(':') ? 'udp6' : 'udp4', target);
  throw new EngineError('not-implemented', 'sctp is reached by address translation only');
};

const hold = (port: HostPort): HeldPort => {
  const fd = openPort(port);
  const held: { owner?: Disposable } = { owner: { [Symbol.dispose]: () => closeSocket(fd) } };
  return {
    forwardTo: (target) => {
      // The socket belongs to the forwarder from here on: it closes it.
      held.owner = forward(fd, port, target);
    },
    [Symbol.dispose]: () => {
      held.owner?.[Symbol.dispose]();
      delete held.owner;
    },
  };
};

const hasIpv6 = (): boolean => {
  try {
    using _probe = hold({ protocol: 'tcp', address: '::1', port: 0 });
    return true;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
};

/** The kernel's sockets. Main thread only. */
export const createHostPorts = (): HostPorts => {
  const probed: { ipv6?: boolean } = {};
  return {
    hold,
    get ipv6() {
      return (probed.ipv6 ??= hasIpv6());
    },
  };
};
