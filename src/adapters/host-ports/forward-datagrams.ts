// SPDX-License-Identifier: Apache-2.0
import { type RemoteInfo, type Socket, createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { ForwardTarget } from './host-ports.ts';

/** A client that is silent for so long (ms) is forgotten: dockerd's proxy does the same. */
const PATIENCE = 90_000;
/** More clients at a time than this lose their datagrams: each one costs an open file. */
const MOST_CLIENTS = 1024;

interface Session {
  readonly upstream: Socket;
  readonly timer: NodeJS.Timeout;
}

class Sessions {
  readonly #byClient = new Map<string, Session>();
  readonly #front: Socket;
  readonly #target: ForwardTarget;

  constructor(front: Socket, target: ForwardTarget) {
    this.#front = front;
    this.#target = target;
  }

  pass(datagram: Uint8Array, client: RemoteInfo): void {
    const key = `${client.address} ${client.port}`;
    const session = this.#byClient.get(key) ?? this.#begin(key, client);
    if (!session) return;
    session.timer.refresh();
    session.upstream.send(datagram, this.#target.port, this.#target.address, () => undefined);
  }

  end(): void {
    for (const key of this.#byClient.keys()) this.#forget(key);
  }

  #begin(key: string, client: RemoteInfo): Session | undefined {
    if (this.#byClient.size >= MOST_CLIENTS) return undefined;
    const upstream = createSocket(isIPv6(this.#target.address) ? 'udp6' : 'udp4');
    upstream.on('message', (answer) =>
      this.#front.send(answer, client.port, client.address, () => undefined),
    );
    upstream.on('error', () => this.#forget(key));
    upstream.unref();
    const session = { upstream, timer: setTimeout(() => this.#forget(key), PATIENCE).unref() };
    this.#byClient.set(key, session);
    return session;
  }

  #forget(key: string): void {
    const session = this.#byClient.get(key);
    if (!session) return;
    this.#byClient.delete(key);
    clearTimeout(session.timer);
    session.upstream.close();
  }
}

/** Passes datagrams that reach the bound socket `fd` on to `target` and its answers back. Disposal closes the socket. */
export const forwardDatagrams = (fd: number, type: 'udp4' | 'udp6', target: ForwardTarget): Disposable => {
  const front = createSocket(type);
  const sessions = new Sessions(front, target);
  front.on('message', (datagram, client) => sessions.pass(datagram, client));
  front.on('error', () => undefined);
  front.bind({ fd });
  front.unref();
  return {
    [Symbol.dispose]: () => {
      sessions.end();
      front.close();
    },
  };
};
