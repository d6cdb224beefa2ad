// SPDX-License-Identifier: Apache-2.0
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../../base/errors.ts';
import { type Sent, UnixDatagramSocket } from '../../sys/unix-datagram-socket.ts';
import { joinHostPort } from '../../sys/dial-text.ts';
import { dialReason, writeFailure } from './go-error.ts';
import type { DatagramAddress, DatagramSocket } from './log-targets.ts';

/** Between looks at a reader that is behind (ms): at first, and at most. */
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 64;

const connectUdp = async (host: string, port: number): Promise<Socket> => {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  const connected = Promise.withResolvers<void>();
  socket.once('error', connected.reject);
  socket.connect(port, address, () => connected.resolve());
  try {
    await connected.promise;
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  } finally {
    socket.off('error', connected.reject);
  }
};

/** Datagrams over udp, to the address that the name has now, as Go's dialer does it. @throws unavailable in Go's words */
export const openUdp = async (host: string, port: number): Promise<DatagramSocket> => {
  const place = joinHostPort(host, port);
  const socket = await connectUdp(host, port).catch((cause: unknown) => {
    throw new EngineError('unavailable', dialReason(cause, 'udp', host, place), { cause });
  });
  // A refusal by ICMP comes with a later call: udp promises nothing, so nobody has to know.
  socket.on('error', () => undefined);
  let open = true;
  return {
    send: (bytes) =>
      new Promise((resolve, reject) => {
        if (!open) throw writeFailure(undefined, 'udp', place);
        socket.send(bytes, (error) => {
          if (error && 'code' in error && error.code === 'EMSGSIZE')
            reject(writeFailure(error, 'udp', place));
          else resolve();
        });
      }),
    [Symbol.dispose]: () => {
      if (open) socket.close();
      open = false;
    },
  };
};

/** Tries until the reader is no longer behind. */
const untilSent = async (attempt: () => Sent, signal: AbortSignal): Promise<Sent> => {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    await sleep(pause, undefined, { signal });
    const sent = attempt();
    if (sent !== 'full') return sent;
  }
};

const probe = (path: string): void => {
  try {
    UnixDatagramSocket.probe(path);
  } catch (cause) {
    throw new EngineError('unavailable', dialReason(cause, 'unixgram', path, path), { cause });
  }
};

/** Sends by `attempt`; a reader that is behind is waited for, without holding up anything else. */
const unixSender = (
  path: string,
  socket: UnixDatagramSocket,
  attempt: (bytes: Uint8Array) => Sent,
): DatagramSocket => {
  const closing = new AbortController();
  const settle = (sent: Sent): void => {
    if (sent === 'too-large') throw writeFailure({ code: 'EMSGSIZE' }, 'unixgram', path);
  };
  const guarded = (bytes: Uint8Array): Sent => {
    if (closing.signal.aborted) throw writeFailure(undefined, 'unixgram', path);
    try {
      return attempt(bytes);
    } catch (error) {
      throw writeFailure(error, 'unixgram', path);
    }
  };
  return {
    send: (bytes) => {
      const sent = guarded(bytes);
      if (sent === 'full') return untilSent(() => guarded(bytes), closing.signal).then(settle);
      settle(sent);
      return undefined;
    },
    [Symbol.dispose]: () => {
      closing.abort();
      socket[Symbol.dispose]();
    },
  };
};

/** Datagrams to a unix socket. @throws unavailable in Go's words when nobody reads there */
export const openUnixDatagrams = (path: string): DatagramSocket => {
  probe(path);
  const socket = new UnixDatagramSocket(path);
  return unixSender(path, socket, (bytes) => socket.send(bytes));
};

/** The journal: what is too large for a datagram goes as a sealed file, which journald's protocol has for it. */
export const openJournalSocket = (path: string): DatagramSocket => {
  probe(path);
  const socket = new UnixDatagramSocket(path);
  return unixSender(path, socket, (bytes) => {
    const sent = socket.send(bytes);
    return sent === 'too-large' ? socket.sendAsFile('journal', bytes) : sent;
  });
};

/** @throws unavailable in Go's words */
export const openDatagrams = async (address: DatagramAddress): Promise<DatagramSocket> =>
  address.network === 'udp' ? openUdp(address.host, address.port) : openUnixDatagrams(address.path);
