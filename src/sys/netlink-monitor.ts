// SPDX-License-Identifier: Apache-2.0
import koffi from 'koffi';
import { checked, sysFailure } from './errno.ts';
import { FileWatch } from './file-watch.ts';
import { declare } from './libc.ts';
import { AF, SOCK, SOL_SOCKET, bindSocket, closeSocket, openSocket } from './socket.ts';

const EINTR = 4;
const EAGAIN = 11;
const ENOBUFS = 105;

/** Longest message that the kernel sends to a group (`NLMSG_GOODSIZE` is 8 KiB; a transaction's come one by one). */
const LONGEST_MESSAGE = 32_768;
/** So many messages are read at once before others have their turn. */
const MOST_AT_ONCE = 256;

/** `<asm-generic/socket.h>`. */
const SO_ATTACH_FILTER = 26;

/** Where the port of its sender stands in a message (`struct nlmsghdr`). */
const SENDER = 12;

const setOption = declare<
  (fd: number, level: number, name: number, value: Uint8Array, length: number) => number
>('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)');
const recvCall = declare<(fd: number, into: Uint8Array, length: number, flags: number) => number>(
  'intptr_t recv(int fd, void *into, size_t length, int flags)',
);

/** A `struct sockaddr_nl` of `<linux/netlink.h>`: any port, the groups as bits. */
const groupAddress = (group: number): Buffer => {
  const address = Buffer.alloc(12);
  address.writeUInt16LE(AF.netlink, 0);
  address.writeUInt32LE(1 << (group - 1), 8);
  return address;
};

/** One instruction of a socket filter (`struct sock_filter` of `<linux/filter.h>`). */
const instruction = (code: number, value: number, ifTrue = 0, ifFalse = 0): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
};

/** Of `<linux/bpf_common.h>`: load a word of the packet, compare it with a constant, end with a constant. */
const [LOAD, COMPARE, RETURN] = [0x20, 0x15, 0x06] as const;

/** Lets pass what does not come from `port`. A filter reads words as the network writes them, netlink as the host does. */
const otherSenders = (port: number): Buffer => {
  const swapped = Buffer.alloc(4);
  swapped.writeUInt32LE(port);
  return Buffer.concat([
    instruction(LOAD, SENDER),
    instruction(COMPARE, swapped.readUInt32BE(0), 0, 1),
    instruction(RETURN, 0),
    instruction(RETURN, 0xffff_ffff),
  ]);
};

/** What a monitor hears: one datagram of netlink messages, or that the kernel has dropped some for want of room. */
export type Heard = Buffer | 'lost';

/**
 * Listens to a multicast group of the network namespace in which it is opened. It keeps neither the process alive nor a
 * thread: the loop of Node's waits for it. Main thread only.
 */
export class NetlinkMonitor implements Disposable {
  readonly #fd: number;
  readonly #watch: FileWatch;
  readonly #listener: (heard: Heard) => void;
  readonly #message = Buffer.allocUnsafe(LONGEST_MESSAGE);
  #open = true;

  /** `group` is the number of one of the first 32 groups. A datagram is valid until `listener` returns. */
  constructor(protocol: number, group: number, listener: (heard: Heard) => void) {
    this.#listener = listener;
    this.#fd = openSocket(AF.netlink, SOCK.raw | SOCK.nonBlock, protocol);
    bindSocket(this.#fd, groupAddress(group));
    this.#watch = new FileWatch(this.#fd, () => this.drain());
  }

  /** What the socket at `port` causes is heard no more: it takes no room either. */
  ignoreSender(port: number): void {
    const filter = otherSenders(port);
    // A struct sock_fprog: number of instructions, where they are.
    const program = Buffer.alloc(16);
    program.writeUInt16LE(filter.length / 8, 0);
    program.writeBigUInt64LE(koffi.address(filter), 8);
    checked(setOption(this.#fd, SOL_SOCKET, SO_ATTACH_FILTER, program, program.length), 'setsockopt');
  }

  /** Hears now what the kernel has sent so far; the listener is called before this returns. */
  drain(): void {
    for (let count = 0; this.#open && count < MOST_AT_ONCE; count += 1) {
      const length = recvCall(this.#fd, this.#message, this.#message.length, 0);
      if (length >= 0) {
        this.#listener(this.#message.subarray(0, length));
        continue;
      }
      const errno = koffi.errno();
      if (errno === EAGAIN) return;
      if (errno === ENOBUFS) this.#listener('lost');
      else if (errno !== EINTR) throw sysFailure(errno, 'recv');
    }
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    this.#watch[Symbol.dispose]();
    closeSocket(this.#fd);
  }
}
