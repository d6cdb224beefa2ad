// SPDX-License-Identifier: Apache-2.0
import { closeSync } from 'node:fs';
import koffi from 'koffi';
import { checked, sysFailure } from './errno.ts';
import { declare } from './libc.ts';

/** Address families, of `<bits/socket.h>`. */
export const AF = { inet: 2, inet6: 10, netlink: 16 } as const;
/** Socket types, of `<bits/socket_type.h>`. */
export const SOCK = { stream: 1, datagram: 2, raw: 3, nonBlock: 0o4000, closeOnExec: 0o2000000 } as const;
/** Protocols, of `<netinet/in.h>`. */
export const IPPROTO = { tcp: 6, udp: 17, ipv6: 41, sctp: 132 } as const;

/** Level of options that all sockets have, and that option by which a closed connection does not keep its port (`<asm-generic/socket.h>`). */
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;

const EAGAIN = 11;
const EINTR = 4;

const socketCall = declare<(domain: number, type: number, protocol: number) => number>(
  'int socket(int domain, int type, int protocol)',
);
const bindCall = declare<(fd: number, address: Uint8Array, length: number) => number>(
  'int bind(int fd, const void *address, uint32_t length)',
);
const listenCall = declare<(fd: number, backlog: number) => number>('int listen(int fd, int backlog)');
const getSocketName = declare<(fd: number, address: Uint8Array, length: Uint8Array) => number>(
  'int getsockname(int fd, void *address, void *length)',
);
const sendCall = declare<(fd: number, bytes: Uint8Array, length: number, flags: number) => number>(
  'intptr_t send(int fd, const void *bytes, size_t length, int flags)',
);
const recvCall = declare<(fd: number, into: Uint8Array, length: number, flags: number) => number>(
  'intptr_t recv(int fd, void *into, size_t length, int flags)',
);
const acceptCall = declare<(fd: number, address: null, length: null, flags: number) => number>(
  'int accept4(int fd, void *address, void *length, int flags)',
);
const setOption = declare<
  (fd: number, level: number, name: number, value: Uint8Array, length: number) => number
>('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)');
const getOption = declare<
  (fd: number, level: number, name: number, value: Uint8Array, length: Uint8Array) => number
>('int getsockopt(int fd, int level, int name, void *value, void *length)');

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/** Opens a socket in the calling thread's network namespace; it stays there. Closed on exec. The caller closes it with `closeSocket`. */
export const openSocket = (family: number, type: number, protocol: number): number =>
  checked(socketCall(family, type | SOCK.closeOnExec, protocol), 'socket');

export const closeSocket = (fd: number): void => closeSync(fd);

/** @throws conflict (EADDRINUSE) when the address is taken; internal (EADDRNOTAVAIL) when it is not one of this host's */
export const bindSocket = (fd: number, address: Uint8Array): void => {
  checked(bindCall(fd, address, address.length), 'bind');
};

/** @throws conflict (EADDRINUSE) when another socket listens there already */
export const listenSocket = (fd: number, backlog: number): void => {
  checked(listenCall(fd, backlog), 'listen');
};

/** Takes one connection that waits at a non-blocking socket; `undefined` when there is none. @throws internal (EMFILE …) */
export const acceptSocket = (fd: number): number | undefined => {
  const accepted = acceptCall(fd, null, null, SOCK.nonBlock | SOCK.closeOnExec);
  if (accepted < 0 && koffi.errno() === EAGAIN) return undefined;
  return checked(accepted, 'accept');
};

/** The port that an internet socket is bound to: it stands at the same place for both families. */
export const boundPort = (fd: number): number => {
  const address = Buffer.alloc(28);
  checked(getSocketName(fd, address, int32(address.length)), 'getsockname');
  return address.readUInt16BE(2);
};

/** Sends `bytes` whole, waiting for room. */
export const sendBytes = (fd: number, bytes: Uint8Array): void => {
  const sent = checked(sendCall(fd, bytes, bytes.length, 0), 'send');
  if (sent !== bytes.length) throw sysFailure(EAGAIN, 'send');
};

/** Waits for one message and copies it into `into`; what does not fit is cut off. Gives its length. */
export const receiveBytes = (fd: number, into: Uint8Array): number => {
  for (;;) {
    const length = recvCall(fd, into, into.length, 0);
    if (length >= 0) return length;
    if (koffi.errno() !== EINTR) throw sysFailure(koffi.errno(), 'recv');
  }
};

const SWITCHES = [int32(0), int32(1)] as const;

/** Sets an option whose value is a C int. */
export const setSocketOption = (fd: number, level: number, name: number, value: number): void => {
  checked(setOption(fd, level, name, SWITCHES[value] ?? int32(value), 4), 'setsockopt');
};

/** Reads an option into a buffer of `length` bytes. */
export const getSocketOption = (fd: number, level: number, name: number, length: number): Buffer => {
  const value = Buffer.alloc(length);
  checked(getOption(fd, level, name, value, int32(length)), 'getsockopt');
  return value;
};

/** `<asm-generic/socket.h>`. */
const SO_RCVTIMEO = 20;

/** From now on `receiveBytes` gives up after `seconds` (whole ones) and throws EAGAIN. */
export const limitReceive = (fd: number, seconds: number): void => {
  // A struct timeval of a 64-bit machine: seconds and microseconds.
  const time = Buffer.alloc(16);
  time.writeBigInt64LE(BigInt(seconds), 0);
  checked(setOption(fd, SOL_SOCKET, SO_RCVTIMEO, time, time.length), 'setsockopt');
};
