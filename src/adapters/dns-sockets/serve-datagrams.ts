// SPDX-License-Identifier: Apache-2.0
import { type DatagramSpace, datagramSpace, receiveDatagram, sendDatagram } from '../../sys/datagram.ts';
import { FileWatch } from '../../sys/file-watch.ts';
import { closeSocket } from '../../sys/socket.ts';
import type { DnsService } from './dns-sockets.ts';

/** Datagrams that are answered at one go, and for how long (ms): others, and the daemon's other work, come between two such. */
const MOST_AT_ONCE = 64;
const LONGEST_TURN = 1;

/** A place that datagrams of one thread are received in, one after the other. */
export const sharedSpace = (): DatagramSpace => datagramSpace(0xffff);

/**
 * Answers datagrams that reach the bound socket `fd`, which it owns from now on. Node would take 64 KiB of memory for each;
 * calls of our own allocate nothing.
 */
export const serveDatagrams = (fd: number, service: DnsService, space: DatagramSpace): Disposable => {
  const { bytes, from } = space;
  let open = true;

  const serve = (query: Buffer): void => {
    const answer = service(query, 'udp');
    if (!answer) return;
    // A client that is gone misses nothing.
    if (!(answer instanceof Promise)) return void sendDatagram(fd, answer, from);
    const sender = Buffer.from(from);
    void answer.then((late) => late && open && sendDatagram(fd, late, sender));
  };
  const drain = (): void => {
    const end = performance.now() + LONGEST_TURN;
    for (let left = MOST_AT_ONCE; open && left > 0 && performance.now() < end; left -= 1) {
      const length = receiveDatagram(fd, space);
      if (length < 0) return;
      serve(bytes.subarray(0, length));
    }
  };
  const watch = new FileWatch(fd, drain);
  return {
    [Symbol.dispose]: () => {
      if (!open) return;
      open = false;
      watch[Symbol.dispose]();
      closeSocket(fd);
    },
  };
};
