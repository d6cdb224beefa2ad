// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EngineError } from '../base/errors.ts';
import type { Codec } from '../base/go-json.ts';
import { type BodyHead, decodeBody, emptyBody, parseJson, readBody, requireJson } from './body.ts';
import { Query } from './query.ts';
import type { Connection } from './streams/connection.ts';
import type { ApiVersion } from './version.ts';

/** Header names and values in turn, as they go out. */
export type HeaderList = readonly string[];

/** What of an exchange is known before its handler runs. */
export interface ExchangeStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly api: ApiVersion;
  readonly params: Readonly<Record<string, string>>;
  readonly search: string;
  /** `Api-Version` and its kin, on every answer. */
  readonly headers: HeaderList;
  /** The connection beneath, of a request whose handler takes it over. */
  readonly connection?: Connection;
}

const JSON_TYPE = 'application/json';
/** Up to this length (bytes) a body is received even when nobody wants it any more, to keep the connection. */
const WORTH_RECEIVING = 64 * 1024;

async function* nothing(): AsyncGenerator<Uint8Array> {
  // A body that is not there has no chunks.
}

/** One request and its answer. */
export class Exchange {
  /** The second number of the API version asked for: 43 for 1.43. */
  readonly api: ApiVersion;
  readonly headers: HeaderList;
  readonly #start: ExchangeStart;
  #query: Query | undefined;
  #abort: AbortController | undefined;
  #form = '';
  #taken = false;

  constructor(start: ExchangeStart) {
    this.api = start.api;
    this.headers = start.headers;
    this.#start = start;
  }

  /** A part of the path by its name in the route. */
  param(name: string): string {
    return this.#start.params[name] ?? '';
  }

  get query(): Query {
    // A form's values come before the query's, as in Go's merged form.
    this.#query ??= new Query(this.#form === '' ? this.#start.search : `${this.#form}&${this.#start.search}`);
    return this.#query;
  }

  /** A request header by its lower-case name; empty when absent. */
  header(name: string): string {
    const value = this.#start.request.headers[name];
    return typeof value === 'string' ? value : (value?.join(', ') ?? '');
  }

  /** Request headers whose lower-case name begins with `prefix`. */
  headersWith(prefix: string): Readonly<Record<string, string>> {
    const names = Object.keys(this.#start.request.headers).filter((name) => name.startsWith(prefix));
    return Object.fromEntries(names.map((name) => [name, this.header(name)]));
  }

  /** Aborts when the client hangs up, and when the server gives up waiting for this exchange at its end. */
  get signal(): AbortSignal {
    if (!this.#abort) this.#abort = this.#watch();
    return this.#abort.signal;
  }

  /** Ends the exchange from the server's side: its handler's signal aborts, its connection is closed. */
  abort(reason: EngineError): void {
    this.#abort ??= new AbortController();
    this.#abort.abort(reason);
    this.cut();
  }

  #watch(): AbortController {
    const abort = new AbortController();
    const { response, request } = this.#start;
    const hungUp = (): void => abort.abort(new EngineError('cancelled', 'the client has hung up'));
    if (request.socket.destroyed) hungUp();
    // An end of the client's side counts as a hang-up, as in Go's server: no client half-closes before it has its answer.
    request.socket.once('end', hungUp);
    request.socket.once('close', hungUp);
    response.once('finish', () => {
      request.socket.off('end', hungUp);
      request.socket.off('close', hungUp);
    });
    return abort;
  }

  /** How the body is framed and what it is said to be. */
  get bodyHead(): BodyHead {
    const { headers } = this.#start.request;
    const chunked = headers['transfer-encoding'] !== undefined;
    return {
      contentType: headers['content-type'] ?? '',
      contentLength: chunked ? undefined : Number(headers['content-length'] ?? 0),
    };
  }

  /** The body as it comes. */
  get body(): AsyncIterable<Uint8Array> {
    const { connection } = this.#start;
    const { contentLength } = this.bodyHead;
    if (contentLength === 0) return nothing();
    if (!connection) return this.#received();
    if (contentLength === undefined)
      throw new EngineError(
        'invalid-argument',
        'a request to take over the connection needs a Content-Length',
      );
    return connection.body(contentLength);
  }

  /** A handler that stops reading early must not break the connection: its answer still has to go out. */
  async *#received(): AsyncGenerator<Uint8Array> {
    const { request, response } = this.#start;
    response.once('finish', () => request.resume());
    try {
      yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    } catch (cause) {
      throw new EngineError('cancelled', 'unexpected EOF', { cause });
    }
  }

  /** True when the body holds parameters. */
  get hasForm(): boolean {
    const type = this.#start.request.headers['content-type'];
    return type !== undefined && type.toLowerCase().startsWith('application/x-www-form-urlencoded');
  }

  /** Lets the query be a form body's, too. */
  async readForm(): Promise<void> {
    this.#form = await readBody(this.bodyHead, this.body);
  }

  /**
   * The JSON body; the zero value when it is empty. @throws invalid-argument for another content type, bad JSON or a
   * value of the wrong type, in Docker's words
   */
  async readJson<Value>(codec: Codec<Value>): Promise<Value> {
    const head = this.bodyHead;
    requireJson(head);
    if (head.contentLength === 0) return codec.zero;
    const json = parseJson(await readBody(head, this.body));
    if (json === undefined) throw emptyBody();
    return decodeBody(codec, json);
  }

  /** The JSON body, which must be there, as it is. @throws invalid-argument */
  async readRawJson(): Promise<unknown> {
    const head = this.bodyHead;
    requireJson(head);
    const json = parseJson(await readBody(head, this.body));
    if (json === undefined) throw emptyBody();
    return json;
  }

  /** The JSON body as it is; `undefined` when there is none. @throws invalid-argument */
  async readOptionalJson(): Promise<unknown> {
    const head = this.bodyHead;
    requireJson(head);
    return parseJson(await readBody(head, this.body));
  }

  /** Reads a body that nobody needs, so that what follows it is found. */
  async skipBody(): Promise<void> {
    for await (const _ of this.body);
  }

  /** Answers with a value as JSON and a newline. */
  json(value: unknown, status = 200): void {
    this.send(status, JSON_TYPE, `${JSON.stringify(value)}\n`);
  }

  /** Answers with a text that is JSON already, and a newline. */
  jsonText(text: string): void {
    this.send(200, JSON_TYPE, `${text}\n`);
  }

  /** Answers with a whole body. */
  send(status: number, contentType: string, body: string | Uint8Array, more: HeaderList = []): void {
    const { response } = this.#start;
    const length = String(Buffer.byteLength(body));
    response.writeHead(status, [
      ...this.headers,
      ...more,
      'Content-Type',
      contentType,
      'Content-Length',
      length,
    ]);
    response.end(body);
  }

  /** Answers with no body. 204 and 304 say nothing of one; others say that it is empty. */
  end(status: number, more: HeaderList = []): void {
    const { response } = this.#start;
    const length = status === 204 || status === 304 ? [] : ['Content-Length', '0'];
    response.writeHead(status, [...this.headers, ...more, ...length]);
    response.end();
  }

  /** Answers with an error. A long body that was not read closes the connection: the rest is not worth receiving. */
  fail(status: number, body: string): void {
    const { contentLength = Infinity } = this.bodyHead;
    const keep = this.#start.request.complete || contentLength <= WORTH_RECEIVING;
    this.send(status, JSON_TYPE, body, keep ? [] : ['Connection', 'close']);
  }

  /** Breaks an answer off: its client sees that it is not whole. */
  cut(): void {
    this.#start.request.socket.destroy();
  }

  /** Opens a body of unknown length. Its head goes out with the first bytes, or with `flush`. */
  stream(
    contentType: string | undefined,
    options: { readonly flush: boolean; readonly headers?: HeaderList },
  ): ServerResponse {
    const { response } = this.#start;
    response.writeHead(200, [
      ...this.headers,
      ...(options.headers ?? []),
      ...(contentType === undefined ? [] : ['Content-Type', contentType]),
    ]);
    if (options.flush) response.flushHeaders();
    return response;
  }

  /** True once the head of an answer is out or the connection has been taken over: an error can't have a status any more. */
  get answered(): boolean {
    return this.#taken || this.#start.response.headersSent;
  }

  /** True once the connection is closed: nobody will read what is written. */
  get isGone(): boolean {
    return this.#start.request.socket.destroyed;
  }

  /** True once the handler has taken the connection over. */
  get isTakenOver(): boolean {
    return this.#taken;
  }

  /** True when the client asks for a 101: any `Upgrade` header counts. */
  get wantsUpgrade(): boolean {
    return this.#start.request.headers.upgrade !== undefined;
  }

  /** Hands the connection over with the request that asked for it, for a protocol with a handshake of its own. */
  upgrade(): { readonly connection: Connection; readonly request: IncomingMessage } {
    return { connection: this.hijack(), request: this.#start.request };
  }

  /** Hands the connection over to the handler, which answers and closes it by itself. */
  hijack(): Connection {
    const { connection, request, response } = this.#start;
    if (!connection) throw new EngineError('internal', 'this route does not take connections over');
    this.#taken = true;
    response.detachSocket(request.socket);
    return connection;
  }
}
