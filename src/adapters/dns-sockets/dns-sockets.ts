// SPDX-License-Identifier: Apache-2.0

/** How a message travels: alone in a datagram, or behind its length on a connection. */
export type DnsTransport = 'udp' | 'tcp';

/**
 * Answers one message; `undefined` for no answer at all. An answer that is there at once is sent at once. It must not
 * throw or reject. `query` is good until it returns, an answer that is there at once until the next call.
 */
export type DnsService = (
  query: Buffer,
  transport: DnsTransport,
) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/** Where a service listens. */
export interface DnsPlace {
  /** An IPv4 address. */
  readonly address: string;
  /** 0 for one that the kernel chooses. */
  readonly port: number;
}

/** Open sockets of one service. Disposal closes them and all connections. */
export interface DnsListener extends Disposable {
  readonly udpPort: number;
  readonly tcpPort: number;
}

/** A server that is asked. */
export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

/** What comes of asking a server: messages of its, then at most one failure (refused, unreachable, ended), and nothing after it. */
export interface DnsConversationEvents {
  received(message: Buffer): void;
  failed(error: Error): void;
}

/** One message on its way to a server. Disposal closes the socket; nothing is told after it. */
export type DnsConversation = Disposable;

/**
 * Sockets that speak DNS, in the network namespace in which the thread is at the call; they stay there. The calls are
 * synchronous, the traffic runs on the event loop, and neither keeps the process alive. Main thread only.
 */
export interface DnsSockets {
  /**
   * Serves a place on both transports.
   * @throws conflict (EADDRINUSE) when a port is taken on either
   */
  listen(place: DnsPlace, service: DnsService): DnsListener;
  /** Sends `query` to `server` from a random port. Datagrams of others are not received. @throws when there is no socket to be had */
  ask(
    server: DnsServer,
    transport: DnsTransport,
    query: Uint8Array,
    events: DnsConversationEvents,
  ): DnsConversation;
}
