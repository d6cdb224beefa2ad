// SPDX-License-Identifier: Apache-2.0
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, getCACertificates } from 'node:tls';
import { within } from '../../base/async.ts';
import { EngineError } from '../../base/errors.ts';
import { type Nanoseconds, toMilliseconds } from '../../base/time.ts';
import { joinHostPort } from '../../sys/dial-text.ts';
import { dialReason, writeFailure } from './go-error.ts';
import type { StreamAddress, StreamConnection, TlsTrust } from './log-targets.ts';

const authorities = (ca: string, withSystem: boolean): string[] =>
  withSystem ? [...getCACertificates('default'), ca] : [ca];

/** `TlsTrust` in the platform's words. */
export const tlsOptions = (
  trust: TlsTrust,
): Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'> => ({
  rejectUnauthorized: trust.skipVerify !== true,
  ...(trust.ca === undefined ? {} : { ca: authorities(trust.ca, trust.withSystem === true) }),
  ...(trust.certificate === undefined ? {} : { cert: trust.certificate }),
  ...(trust.key === undefined ? {} : { key: trust.key }),
  ...(trust.serverName === undefined ? {} : { servername: trust.serverName }),
});

const placeOf = (address: StreamAddress): string =>
  address.network === 'unix' ? address.path : joinHostPort(address.host, address.port);

const goNetwork = (address: StreamAddress): string => (address.network === 'unix' ? 'unix' : 'tcp');

/** A socket on its way, and the event that says it stands. */
const open = (address: StreamAddress): { readonly socket: Socket; readonly ready: string } => {
  if (address.network === 'unix') return { socket: connectTcp({ path: address.path }), ready: 'connect' };
  const { host, port } = address;
  if (address.network === 'tcp')
    return { socket: connectTcp({ host, port, noDelay: true }), ready: 'connect' };
  return { socket: connectTls({ host, port, ...tlsOptions(address.trust) }), ready: 'secureConnect' };
};

/** Chunks that are kept for a reader to come: a few acknowledgements. */
const MOST_UNREAD = 8;

class SocketConnection implements StreamConnection {
  readonly #socket: Socket;
  readonly #address: StreamAddress;
  readonly #closed = Promise.withResolvers<void>();
  #fault: unknown;
  #drained: Promise<void> | undefined;
  readonly #received: Uint8Array[] = [];
  #reader: ((bytes: Uint8Array | undefined) => void) | undefined;

  constructor(socket: Socket, address: StreamAddress) {
    this.#socket = socket;
    this.#address = address;
    socket.on('error', (error) => (this.#fault ??= error));
    socket.on('close', () => {
      this.#closed.resolve();
      this.#answer(undefined);
    });
    // What nobody asks for is read and dropped, so that the end of a connection is seen.
    socket.on('data', (bytes: Uint8Array) => this.#receive(bytes));
  }

  get isBroken(): boolean {
    return !this.#socket.writable;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.isBroken) throw this.#failure();
    if (this.#socket.write(bytes)) return undefined;
    this.#drained ??= this.#drain().finally(() => (this.#drained = undefined));
    return this.#drained;
  }

  read(): Promise<Uint8Array | undefined> {
    const bytes = this.#received.shift();
    if (bytes || this.#socket.destroyed) return Promise.resolve(bytes);
    return new Promise((resolve) => (this.#reader = resolve));
  }

  async end(patience: Nanoseconds): Promise<void> {
    if (!this.#socket.destroyed) {
      const finished = new Promise<void>((resolve) => this.#socket.end(resolve));
      await within(Promise.race([finished, this.#closed.promise]), patience);
    }
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#reader) this.#answer(bytes);
    else if (this.#received.length < MOST_UNREAD) this.#received.push(bytes);
  }

  #answer(bytes: Uint8Array | undefined): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.(bytes);
  }

  async #drain(): Promise<void> {
    const gone = new AbortController();
    try {
      await Promise.race([
        this.#closed.promise.then(() => {
          throw this.#failure();
        }),
        new Promise<void>((resolve) => {
          this.#socket.once('drain', resolve);
          gone.signal.addEventListener('abort', () => this.#socket.off('drain', resolve));
        }),
      ]);
    } finally {
      gone.abort();
    }
  }

  #failure(): EngineError {
    return writeFailure(this.#fault, goNetwork(this.#address), placeOf(this.#address));
  }
}

/** Opens a stream over tcp, TLS or a unix socket. @throws unavailable in Go's words; the signal's reason when aborted */
export const connectStream = async (
  address: StreamAddress,
  { patience, signal }: { readonly patience: Nanoseconds; readonly signal: AbortSignal },
): Promise<StreamConnection> => {
  signal.throwIfAborted();
  const [network, place] = [goNetwork(address), placeOf(address)];
  const host = address.network === 'unix' ? address.path : address.host;
  const { socket, ready } = open(address);
  const settled = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => settled.reject(new EngineError('unavailable', `dial ${network} ${place}: i/o timeout`)),
    toMilliseconds(patience),
  );
  const onAbort = (): void => settled.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once(ready, () => settled.resolve());
  socket.on('error', (cause) =>
    settled.reject(new EngineError('unavailable', dialReason(cause, network, host, place), { cause })),
  );
  try {
    await settled.promise;
    return new SocketConnection(socket, address);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
};
