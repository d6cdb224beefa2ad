// SPDX-License-Identifier: Apache-2.0
import type { Nanoseconds } from '../../base/time.ts';

/** What a TLS client trusts and shows. Texts are PEM; the system's authorities count when `ca` is absent. */
export interface TlsTrust {
  readonly ca?: string;
  /** Whether the system's authorities count beside `ca`. */
  readonly withSystem?: boolean;
  readonly certificate?: string;
  readonly key?: string;
  /** Takes any certificate. */
  readonly skipVerify?: boolean;
  /** The name that the certificate must have, in place of the host's. */
  readonly serverName?: string;
}

/** Where a stream of bytes goes. */
export type StreamAddress =
  | { readonly network: 'tcp'; readonly host: string; readonly port: number }
  | { readonly network: 'tls'; readonly host: string; readonly port: number; readonly trust: TlsTrust }
  | { readonly network: 'unix'; readonly path: string };

/** Where datagrams go. */
export type DatagramAddress =
  | { readonly network: 'udp'; readonly host: string; readonly port: number }
  | { readonly network: 'unixgram'; readonly path: string };

/** A stream to a target; disposing of it drops what the target has not taken. */
export interface StreamConnection extends Disposable {
  /** Whether nothing more can be written. */
  readonly isBroken: boolean;
  /**
   * Writes; a promise resolves when more may come, `undefined` means now.
   * @throws unavailable (or rejects with it) when the connection broke, in Go's words
   */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** The next bytes from the target; `undefined` when it said its last. */
  read(): Promise<Uint8Array | undefined>;
  /** Says that nothing more comes, and waits until the target has taken everything; at most `patience`. */
  end(patience: Nanoseconds): Promise<void>;
}

/** A way for single messages, each of which arrives whole or not at all. */
export interface DatagramSocket extends Disposable {
  /**
   * Sends one; resolves when the system took it, which it does when the reader is no longer behind.
   * @throws unavailable (or rejects with it) when nobody reads, or the datagram is too large, in Go's words
   */
  send(bytes: Uint8Array): Promise<void> | undefined;
}

/** One request to an HTTP service. */
export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'OPTIONS';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** How long it may take until the answer's end. */
  readonly patience: Nanoseconds;
  readonly signal: AbortSignal;
}

/** An answer, whatever its status; of the body no more than 64 KiB. */
export interface HttpAnswer {
  readonly status: number;
  /** `400 Bad Request` */
  readonly statusLine: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Calls services over connections that are kept for the next call. */
export interface HttpClient extends Disposable {
  /** @throws unavailable when there is no answer, in the words of Go's client; the signal's reason when aborted */
  call(request: HttpCall): Promise<HttpAnswer>;
}

/** How log drivers reach the services that take logs. */
export interface LogTargets {
  /**
   * Opens a stream.
   * @throws unavailable in Go's words (`dial tcp 127.0.0.1:514: connect: connection refused`); the signal's reason when
   * aborted
   */
  connect(
    address: StreamAddress,
    options: { readonly patience: Nanoseconds; readonly signal: AbortSignal },
  ): Promise<StreamConnection>;
  /** Opens a way for datagrams. @throws unavailable for a name that is not known or, of a unix socket, when nobody reads */
  openDatagrams(address: DatagramAddress): Promise<DatagramSocket>;
  /** The journal's socket at `path`: datagrams of any size. @throws unavailable when nobody reads there */
  openJournal(path: string): Promise<DatagramSocket>;
  httpClient(trust: TlsTrust): HttpClient;
  /** A text file of the host's. @throws not-found in Go's words (`open /x: no such file or directory`) */
  readText(path: string): Promise<string>;
  /** @throws not-found in Go's words (`stat /x: no such file or directory`) when nothing is there */
  assertExists(path: string): void;
}
