// SPDX-License-Identifier: Apache-2.0
import { declare } from './libc.ts';

const sendTo = declare<
  (fd: number, bytes: Uint8Array, length: number, flags: number, to: Uint8Array, toLength: number) => number
>('intptr_t sendto(int fd, const void *bytes, size_t length, int flags, const void *to, uint32_t toLength)');
const receiveFrom = declare<
  (
    fd: number,
    into: Uint8Array,
    length: number,
    flags: number,
    from: Uint8Array,
    fromLength: Uint8Array,
  ) => number
>('intptr_t recvfrom(int fd, void *into, size_t length, int flags, void *from, void *fromLength)');

/** Of `<sys/socket.h>`: do not wait; no SIGPIPE. */
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** Octets of a `sockaddr_in`. */
const SOCKADDR_IN = 16;

/**
 * Sends `bytes` from the internet socket `fd` to the `sockaddr` `to`, at once or not at all: false when the kernel would
 * not have it. Costs a fifth of what Node's own sending does.
 */
export const sendDatagram = (fd: number, bytes: Uint8Array, to: Uint8Array): boolean =>
  sendTo(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, to, to.length) >= 0;

/** A place for what `receiveDatagram` receives; it is written over by the next one. */
export interface DatagramSpace {
  /** What does not fit is cut off. */
  readonly bytes: Buffer;
  /** The sender's `sockaddr_in`. */
  readonly from: Buffer;
  readonly fromLength: Buffer;
}

/** Makes a place for datagrams of up to `length` octets. */
export const datagramSpace = (length: number): DatagramSpace => {
  const fromLength = Buffer.alloc(4);
  fromLength.writeUInt32LE(SOCKADDR_IN);
  return { bytes: Buffer.alloc(length), from: Buffer.alloc(SOCKADDR_IN), fromLength };
};

/** Receives one datagram of an IPv4 socket without waiting. Gives its length; -1 when none is there. */
export const receiveDatagram = (fd: number, { bytes, from, fromLength }: DatagramSpace): number =>
  receiveFrom(fd, bytes, bytes.length, MSG_DONTWAIT, from, fromLength);
