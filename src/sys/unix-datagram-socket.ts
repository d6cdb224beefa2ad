// SPDX-License-Identifier: Apache-2.0
import { closeSync } from 'node:fs';
import koffi from 'koffi';
import { checked, sysFailure } from './errno.ts';
import { declare } from './libc.ts';
import { sealedMemoryFile } from './memory-file.ts';
import { openSocket, SOCK, SOL_SOCKET } from './socket.ts';
import { unixAddress } from './unix-datagram.ts';

const AF_UNIX = 1;
/** Of `<sys/socket.h>`. */
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const SCM_RIGHTS = 1;

const EAGAIN = 11;
const EMSGSIZE = 90;
const ENOBUFS = 105;

const connectCall = declare<(fd: number, address: Uint8Array, length: number) => number>(
  'int connect(int fd, const void *address, uint32_t length)',
);
const sendTo = declare<
  (fd: number, bytes: Uint8Array, length: number, flags: number, to: Uint8Array, toLength: number) => number
>('intptr_t sendto(int fd, const void *bytes, size_t length, int flags, const void *to, uint32_t toLength)');
const sendMessage = declare<(fd: number, message: Uint8Array, flags: number) => number>(
  'intptr_t sendmsg(int fd, const void *message, int flags)',
);

/** A `struct cmsghdr` with one descriptor, of `<sys/socket.h>` (64-bit): length, level, type, the number, padding. */
const rightsOf = (fd: number): Buffer => {
  const bytes = Buffer.alloc(24);
  bytes.writeBigUInt64LE(20n, 0);
  bytes.writeInt32LE(SOL_SOCKET, 8);
  bytes.writeInt32LE(SCM_RIGHTS, 12);
  bytes.writeInt32LE(fd, 16);
  return bytes;
};

/** A `struct msghdr` (64-bit) without data: name and its length, no vectors, control and its length, flags. */
const messageOf = (address: Buffer, control: Buffer): Buffer => {
  const bytes = Buffer.alloc(56);
  bytes.writeBigUInt64LE(koffi.address(address), 0);
  bytes.writeUInt32LE(address.length, 8);
  bytes.writeBigUInt64LE(koffi.address(control), 32);
  bytes.writeBigUInt64LE(BigInt(control.length), 40);
  return bytes;
};

/** What came of a datagram: taken, or to be tried again because the reader is behind, or larger than a datagram may be. */
export type Sent = 'sent' | 'full' | 'too-large';

/** A socket that sends datagrams to the unix socket at a path, whoever has bound it at the time. Nothing here waits. */
export class UnixDatagramSocket implements Disposable {
  readonly #fd = openSocket(AF_UNIX, SOCK.datagram, 0);
  readonly #address: Buffer;
  #open = true;

  constructor(path: string) {
    this.#address = unixAddress(path);
  }

  /** @throws what `connect` says when nobody reads there: not-found (ENOENT), internal (ECONNREFUSED, EPROTOTYPE) */
  static probe(path: string): void {
    const fd = openSocket(AF_UNIX, SOCK.datagram, 0);
    try {
      const address = unixAddress(path);
      checked(connectCall(fd, address, address.length), 'connect', path);
    } finally {
      closeSync(fd);
    }
  }

  /** @throws not-found, internal when nobody reads at the path */
  send(bytes: Uint8Array): Sent {
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    return this.#outcome(
      sendTo(this.#fd, bytes, bytes.length, flags, this.#address, this.#address.length),
      'sendto',
    );
  }

  /** Sends an empty datagram that carries a sealed file of `bytes`: the way around the limit of a datagram's size. */
  sendAsFile(name: string, bytes: Uint8Array): Sent {
    const file = sealedMemoryFile(name, bytes);
    try {
      const control = rightsOf(file);
      return this.#outcome(
        sendMessage(this.#fd, messageOf(this.#address, control), MSG_DONTWAIT | MSG_NOSIGNAL),
        'sendmsg',
      );
    } finally {
      closeSync(file);
    }
  }

  [Symbol.dispose](): void {
    if (this.#open) closeSync(this.#fd);
    this.#open = false;
  }

  #outcome(result: number, call: string): Sent {
    if (result >= 0) return 'sent';
    const errno = koffi.errno();
    if (errno === EAGAIN) return 'full';
    if (errno === EMSGSIZE || errno === ENOBUFS) return 'too-large';
    throw sysFailure(errno, call);
  }
}
