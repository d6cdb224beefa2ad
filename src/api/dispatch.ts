// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EngineError, isKind, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { clientText, errorBody, statusOf } from './errors.ts';
import { Exchange, type HeaderList } from './exchange.ts';
import { answerHeaders, type Identity, versionHeaders } from './middleware/identity.ts';
import { parseTarget, type RequestTarget } from './request-target.ts';
import type { Match, Router } from './router.ts';
import type { Connection } from './streams/connection.ts';
import { type ApiVersion, DEFAULT_API, negotiate, readsPlainErrors } from './version.ts';

export interface DispatchDeps {
  readonly router: Router;
  readonly identity: Identity;
  /** The oldest API version accepted: `1.24`. */
  readonly oldestApi: string;
  readonly log: Log;
}

const NOT_FOUND = errorBody('page not found');
const JSON_HEADERS: HeaderList = ['Content-Type', 'application/json'];
const PLAIN_HEADERS: HeaderList = [
  'Content-Type',
  'text/plain; charset=utf-8',
  'X-Content-Type-Options',
  'nosniff',
];

const finish = (response: ServerResponse, status: number, headers: HeaderList, body = ''): void => {
  response.writeHead(status, [...headers, 'Content-Length', String(Buffer.byteLength(body))]);
  response.end(body);
};

/** Turns requests into exchanges, runs their handlers and answers what they throw. */
export class Dispatcher {
  readonly #deps: DispatchDeps;
  readonly #headers: HeaderList;
  readonly #versionHeaders: HeaderList;
  readonly #open = new Set<Exchange>();
  readonly #onSettled: (() => void)[] = [];

  constructor(deps: DispatchDeps) {
    this.#deps = deps;
    this.#headers = answerHeaders(deps.identity);
    this.#versionHeaders = versionHeaders(deps.identity);
  }

  /** Resolves when no handler is at work, but for those that stream or have taken their connection over. */
  async settled(): Promise<void> {
    if (this.#isSettled()) return;
    const settled = Promise.withResolvers<void>();
    this.#onSettled.push(settled.resolve);
    await settled.promise;
  }

  /** Ends the exchanges that `which` names. */
  end(which: (exchange: Exchange) => boolean): void {
    const reason = new EngineError('cancelled', 'the engine is shutting down');
    for (const exchange of [...this.#open].filter(which)) {
      exchange.abort(reason);
      this.#done(exchange);
    }
  }

  #isSettled(): boolean {
    return [...this.#open].every((exchange) => exchange.answered);
  }

  #done(exchange: Exchange): void {
    this.#open.delete(exchange);
    if (this.#onSettled.length > 0 && this.#isSettled())
      for (const resolve of this.#onSettled.splice(0)) resolve();
  }

  /** Never throws. `connection` comes with requests that are to be taken over. */
  dispatch(request: IncomingMessage, response: ServerResponse, connection?: Connection): void {
    const target = parseTarget(request.url ?? '/');
    if (target === 'malformed')
      return finish(response, 400, ['Connection', 'close', ...PLAIN_HEADERS], '400 Bad Request');
    if ('location' in target) return finish(response, 301, ['Location', target.location]);
    const match = this.#deps.router.find(request.method, target.path);
    if (!match && request.method !== 'OPTIONS') return finish(response, 404, JSON_HEADERS, NOT_FOUND);
    const api = this.#negotiate(target, response);
    if (api === undefined) return;
    if (!match) return finish(response, 200, this.#headers);
    const exchange = new Exchange({
      request,
      response,
      api,
      params: match.params,
      search: target.search,
      headers: this.#headers,
      ...(connection ? { connection } : {}),
    });
    this.#run(match, exchange, request);
  }

  #negotiate({ version }: RequestTarget, response: ServerResponse): ApiVersion | undefined {
    if (version === undefined) return DEFAULT_API;
    try {
      return negotiate(version, this.#deps.oldestApi);
    } catch (error) {
      const text = clientText(error);
      if (readsPlainErrors(version))
        finish(response, 400, [...this.#versionHeaders, ...PLAIN_HEADERS], `${text}\n`);
      else finish(response, 400, [...this.#versionHeaders, ...JSON_HEADERS], errorBody(text));
      return undefined;
    }
  }

  #run(match: Match, exchange: Exchange, request: IncomingMessage): void {
    this.#deps.log.debug('calling', { method: request.method, path: request.url?.split('?', 1)[0] });
    try {
      const running = exchange.hasForm ? this.#withForm(match, exchange) : match.route.handle(exchange);
      if (running === undefined) return;
      this.#open.add(exchange);
      running.then(
        () => this.#done(exchange),
        (error: unknown) => {
          this.#done(exchange);
          this.#fail(match, exchange, error);
        },
      );
    } catch (error) {
      this.#fail(match, exchange, error);
    }
  }

  async #withForm(match: Match, exchange: Exchange): Promise<void> {
    await exchange.readForm();
    await match.route.handle(exchange);
  }

  #fail(match: Match, exchange: Exchange, error: unknown): void {
    const status = statusOf(error);
    const { operation } = match.route;
    if (isKind(error, 'cancelled')) this.#deps.log.debug('the client has hung up', { operation });
    else if (status >= 500 && status !== 501)
      this.#deps.log.error('a request failed', { operation, error: messageOf(error), cause: error });
    if (exchange.answered) exchange.cut();
    else exchange.fail(status, errorBody(clientText(error)));
  }
}
