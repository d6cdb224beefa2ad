// SPDX-License-Identifier: Apache-2.0
import { closeSync } from 'node:fs';
import { checked } from './errno.ts';
import { declare } from './libc.ts';
import { openSocket, SOCK } from './socket.ts';

const AF_UNIX = 1;

const sendTo = declare<
  (fd: number, bytes: Uint8Array, length: number, flags: number, to: Uint8Array, toLength: number) => number
>('intptr_t sendto(int fd, const void *bytes, size_t length, int flags, const void *to, uint32_t toLength)');

/** A `sockaddr_un` of `<sys/un.h>`: the family in host order, then the path; a leading `@` stands for the abstract NUL. */
export const unixAddress = (path: string): Buffer => {
  const name = path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`;
  const bytes = Buffer.alloc(2 + Buffer.byteLength(name));
  bytes.writeUInt16LE(AF_UNIX);
  bytes.write(name, 2);
  return bytes;
};

/** Sends one datagram to the unix socket at `path`. @throws not-found when nobody has bound it */
export const sendUnixDatagram = (path: string, text: string): void => {
  const fd = openSocket(AF_UNIX, SOCK.datagram, 0);
  try {
    const [bytes, address] = [Buffer.from(text), unixAddress(path)];
    checked(sendTo(fd, bytes, bytes.length, 0, address, address.length), 'sendto');
  } finally {
    closeSync(fd);
  }
};
