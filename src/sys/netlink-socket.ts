// SPDX-License-Identifier: Apache-2.0
import { sysFailure } from './errno.ts';
import { type Aside, callAside, declare } from './libc.ts';
import {
  AF,
  SOCK,
  closeSocket,
  limitReceive,
  openSocket,
  receiveBytes,
  sendBytes,
  setSocketOption,
} from './socket.ts';

/** Netlink families, of `<linux/netlink.h>`. */
export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;

/** Socket options, of `<linux/netlink.h>`. */
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;

/** `<linux/sockios.h>`: the index of the link whose name `struct ifreq` (40 bytes) begins with. */
const SIOCGIFINDEX = 0x8933;
const IFREQ = 40;
/** Bytes of a link's name, with its closing zero. */
const IFNAMSIZ = 16;

const ioctlLink = declare<(fd: number, request: number, argument: Uint8Array) => number>(
  'int ioctl(int fd, unsigned long request, void *argument)',
);

/** The most that one answer of the kernel takes (`NLMSG_GOODSIZE` is 8 KiB; dumps go up to 32 KiB). */
const LONGEST_ANSWER = 32_768;

/** Seconds after which an answer is given up that the kernel has dropped, for want of memory: the whole daemon waits for it. */
const PATIENCE = 10;

type SendArguments = readonly [fd: number, bytes: Uint8Array, length: number, flags: number];

const sendAside = declare<((...values: SendArguments) => number) & Aside<SendArguments>>(
  'intptr_t send(int fd, const void *bytes, size_t length, int flags)',
);

/**
 * A netlink socket of the network namespace in which it was opened; it stays in it when the thread leaves. Synchronous:
 * the kernel answers before `send` returns, so `receive` never waits for long.
 */
export class NetlinkSocket implements Disposable {
  readonly #fd: number;
  readonly #answer = Buffer.allocUnsafe(LONGEST_ANSWER);
  #open = true;

  constructor(protocol: number) {
    this.#fd = openSocket(AF.netlink, SOCK.raw, protocol);
    limitReceive(this.#fd, PATIENCE);
    setSocketOption(this.#fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    setSocketOption(this.#fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    setSocketOption(this.#fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
  }

  send(messages: Uint8Array): void {
    sendBytes(this.#fd, messages);
  }

  /**
   * Sends one request whose work takes long, in a thread of Node's pool: the answer is there when it resolves. Other
   * requests may be sent meanwhile.
   */
  async sendAside(message: Uint8Array): Promise<void> {
    const { result, errno } = await callAside(sendAside, [this.#fd, message, message.length, 0]);
    // The whole length is asked for here, too, so that nobody collects the message before the thread is done with it.
    if (result !== message.length) throw sysFailure(errno, 'send');
  }

  /** Whether the socket's namespace has a link of that name. Never waits, whoever changes links meanwhile. */
  hasLink(name: string): boolean {
    const request = Buffer.alloc(IFREQ);
    request.write(name, 0, IFNAMSIZ - 1);
    return ioctlLink(this.#fd, SIOCGIFINDEX, request) === 0;
  }

  /** The next datagram: one or more messages. Valid until the next call. */
  receive(): Buffer {
    return this.#answer.subarray(0, receiveBytes(this.#fd, this.#answer));
  }

  [Symbol.dispose](): void {
    if (this.#open) closeSocket(this.#fd);
    this.#open = false;
  }
}
