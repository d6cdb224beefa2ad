// SPDX-License-Identifier: Apache-2.0
import { createServer, IncomingMessage, type Server, type ServerOptions, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { within } from '../base/async.ts';
import type { Log } from '../base/log.ts';
import { type Nanoseconds, seconds } from '../base/time.ts';
import { Dispatcher } from './dispatch.ts';
import { type Listener, openListener, type TlsMaterial } from './listeners.ts';
import type { Identity } from './middleware/identity.ts';
import { parseTarget } from './request-target.ts';
import type { Route } from './route.ts';
import { Router } from './router.ts';
import { HIJACKED as HIJACKED_REQUESTS } from './routes/hijacked.ts';
import { Connection } from './streams/connection.ts';
import { OLDEST_API } from './version.ts';

export interface ApiServerOptions {
  readonly listeners: readonly Listener[];
  readonly identity: Identity;
  /** `1.24` when absent. */
  readonly oldestApi?: string;
  readonly log: Log;
  /** Open connections at a time, over each listener; 8192 when absent. */
  readonly maxConnections?: number;
}

/** The longest request head (bytes); Go's server takes as much. */
const MAX_HEADER = 1024 * 1024;
/** How long a client may take to send a request's head (ms). Bodies and answers have no limit. */
const HEADERS_TIMEOUT = 60_000;
const MAX_CONNECTIONS = 8192;
/** How long a shutdown waits for handlers. */
const PATIENCE = seconds(5);

interface OpenServer {
  readonly http: Server;
  readonly release: () => Promise<void>;
}

/** The Engine API on its listeners. */
export class ApiServer implements AsyncDisposable {
  readonly #options: ApiServerOptions;
  /** Empty until `serve`. */
  #dispatcher: Dispatcher | undefined;
  readonly #servers: OpenServer[] = [];
  readonly #serving = Promise.withResolvers<Dispatcher>();

  constructor(options: ApiServerOptions) {
    this.#options = options;
  }

  /** Listens on every address, or on none. Requests wait until `serve`. @throws conflict, unavailable */
  async open(): Promise<void> {
    try {
      for (const listener of this.#options.listeners) {
        const http = this.#createServer(listener.kind === 'tcp' ? listener.tls : undefined);
        this.#servers.push({ http, release: await openListener(http, listener) });
      }
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Lets requests in, those that have been waiting first. */
  serve(routes: readonly Route[]): void {
    const { identity, log, oldestApi = OLDEST_API } = this.#options;
    this.#dispatcher = new Dispatcher({ router: new Router(routes), identity, log, oldestApi });
    this.#serving.resolve(this.#dispatcher);
  }

  /** The ports of tcp listeners, in order: what port 0 became. */
  get ports(): readonly number[] {
    const addresses = this.#servers.map(({ http }) => http.address());
    return addresses
      .filter((address): address is AddressInfo => typeof address === 'object' && address !== null)
      .map(({ port }) => port);
  }

  /**
   * Stops listening, waits for handlers up to `patience`, and ends what is left: all but the connections that were taken
   * over, which live on until their process ends, or until `cut`.
   */
  async close(patience: Nanoseconds = PATIENCE): Promise<void> {
    const servers = this.#servers.splice(0);
    for (const { http, release } of servers) {
      await release();
      http.close();
      http.closeIdleConnections();
    }
    if (this.#dispatcher) {
      await within(this.#dispatcher.settled(), patience);
      this.#dispatcher.end((exchange) => !exchange.isTakenOver);
    }
    for (const { http } of servers) http.closeAllConnections();
  }

  /** Ends every connection that is still there. */
  cut(): void {
    this.#dispatcher?.end(() => true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    this.cut();
  }

  #createServer(tls: TlsMaterial | undefined): Server {
    const server = tls
      ? createTlsServer({ ...this.#serverOptions(), ...tlsOptions(tls) })
      : createServer(this.#serverOptions());
    // Node reads this, but does not declare it: a client that has closed its side still gets its answer.
    Object.assign(server, { httpAllowHalfOpen: true });
    server.timeout = 0;
    server.maxConnections = this.#options.maxConnections ?? MAX_CONNECTIONS;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (this.#dispatcher) this.#dispatcher.dispatch(request, response);
      else void this.#serving.promise.then((dispatcher) => dispatcher.dispatch(request, response));
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const connection = new Connection(socket, head);
      void this.#serving.promise.then((dispatcher) =>
        dispatcher.dispatch(request, upgradeResponse(request), connection),
      );
    });
    return server;
  }

  #serverOptions(): HalfOpenOptions {
    return {
      IncomingMessage: HijackableMessage,
      shouldUpgradeCallback: hijacks,
      allowHalfOpen: true,
      maxHeaderSize: MAX_HEADER,
      headersTimeout: HEADERS_TIMEOUT,
      requestTimeout: 0,
      keepAliveTimeout: 0,
      requireHostHeader: false,
      optimizeEmptyRequests: true,
    };
  }
}

const HIJACKED = new Router(
  HIJACKED_REQUESTS.map(([method, path]) => ({ method, path, operation: path, handle: () => undefined })),
);

const hijacks = ({ method, url }: IncomingMessage): boolean => {
  if (url === undefined || url === '') return false;
  // Most requests are told apart without parsing their target.
  if (method !== 'POST' && !(method === 'GET' && url.includes('/attach/ws'))) return false;
  const target = parseTarget(url);
  return typeof target === 'object' && 'path' in target && HIJACKED.find(method, target.path) !== undefined;
};

/** Options that Node's types do not have on a server of HTTP. */
interface HalfOpenOptions extends ServerOptions {
  readonly allowHalfOpen: true;
}

/**
 * Requests whose handler takes the connection over count as upgrades whether or not they ask for one: Docker answers
 * those that don't with a 200 and raw bytes. The parser then lets go of the connection in the proper way.
 */
class HijackableMessage extends IncomingMessage {
  // Declared alone: the base class sets `upgrade` before a field of this one could be there.
  declare asksToUpgrade: boolean;
  // Looked up when read: the method is not known yet when `upgrade` is set.
  get upgrade(): boolean {
    return this.asksToUpgrade || hijacks(this);
  }
  set upgrade(asked: boolean) {
    this.asksToUpgrade = asked;
  }
}

/** The answer of a request whose connection was given up by the parser: it closes the connection. */
const upgradeResponse = (request: IncomingMessage): ServerResponse => {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(request.socket);
  response.once('finish', () => request.socket.destroySoon());
  return response;
};

const tlsOptions = (tls: TlsMaterial): object => ({
  minVersion: 'TLSv1.2',
  cert: tls.cert,
  key: tls.key,
  ...(tls.ca === undefined ? {} : { ca: tls.ca, requestCert: true, rejectUnauthorized: true }),
});
