// SPDX-License-Identifier: Apache-2.0
import { type RemoteInfo, type Socket, type SocketOptions, createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { FileBudget } from './file-budget.ts';
import type { ForwardTarget } from './host-ports.ts';

/** A client that is silent for so long (ms) is forgotten: dockerd's proxy does the same. */
const PATIENCE = 90_000;
/** One port has no more clients than this at a time: then the one that was silent longest is forgotten. */
const MOST_CLIENTS = 1024;
/** More bytes than these do not wait to be sent: what comes then is lost, as it would be on a wire. */
const MOST_WAITING = 1 << 20;

/** Addresses only are ever looked up. */
const lookup: NonNullable<SocketOptions['lookup']> = (address, _options, answer) =>
  answer(null, address, isIPv6(address) ? 6 : 4);

/** A socket of Node's that asks nobody for names. */
export const datagramSocket = (type: 'udp4' | 'udp6'): Socket => createSocket({ type, lookup });

interface Session {
  readonly upstream: Socket;
  readonly timer: NodeJS.Timeout;
}

const send = (socket: Socket, datagram: Uint8Array, { address, port }: ForwardTarget): void => {
  if (socket.getSendQueueSize() > MOST_WAITING) return;
  socket.send(datagram, port, address, () => undefined);
};

/** The clients of one port, each with a socket of its own towards the container: by it the answers find back. */
export class DatagramSessions {
  readonly #byClient = new Map<string, Session>();
  readonly #front: Socket;
  readonly #target: ForwardTarget;
  readonly #budget: FileBudget;
  readonly #onIdle: () => void;

  /** `onIdle` is told when the last client is forgotten. */
  constructor(front: Socket, target: ForwardTarget, budget: FileBudget, onIdle: () => void) {
    this.#front = front;
    this.#target = target;
    this.#budget = budget;
    this.#onIdle = onIdle;
  }

  get size(): number {
    return this.#byClient.size;
  }

  pass(datagram: Uint8Array, client: RemoteInfo): void {
    const key = `${client.address} ${client.port}`;
    const session = this.#byClient.get(key) ?? this.#begin(client);
    if (!session) return;
    // The last one in the map is the one that spoke last.
    this.#byClient.delete(key);
    this.#byClient.set(key, session);
    session.timer.refresh();
    send(session.upstream, datagram, this.#target);
  }

  end(): void {
    for (const key of this.#byClient.keys()) this.#forget(key);
  }

  #begin(client: RemoteInfo): Session | undefined {
    const hasRoom = this.#byClient.size < MOST_CLIENTS && this.#budget.takeTraffic(1);
    // The file of the one is the file of the other.
    if (!hasRoom && !this.#closeOldest()) return undefined;
    const key = `${client.address} ${client.port}`;
    const upstream = datagramSocket(isIPv6(this.#target.address) ? 'udp6' : 'udp4');
    upstream.on('message', (answer, from) => {
      if (from.port === this.#target.port && from.address === this.#target.address)
        send(this.#front, answer, client);
    });
    upstream.on('error', () => this.#forget(key));
    upstream.unref();
    return { upstream, timer: setTimeout(() => this.#forget(key), PATIENCE).unref() };
  }

  #closeOldest(): boolean {
    const [oldest] = this.#byClient.keys();
    return oldest !== undefined && this.#close(oldest);
  }

  #close(key: string): boolean {
    const session = this.#byClient.get(key);
    if (!session) return false;
    this.#byClient.delete(key);
    clearTimeout(session.timer);
    session.upstream.close();
    return true;
  }

  #forget(key: string): void {
    if (!this.#close(key)) return;
    this.#budget.giveTraffic(1);
    if (this.#byClient.size === 0) this.#onIdle();
  }
}
