// SPDX-License-Identifier: Apache-2.0
import { type Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { EngineError } from '../../base/errors.ts';
import { type Nanoseconds, seconds, toMilliseconds } from '../../base/time.ts';
import { networkError } from './go-network-error.ts';

/** How long a connection may take to stand, and an answer to begin or to go on. Source: images.md §4.1; the last two are ours. */
const DIAL_PATIENCE = seconds(30);
const ANSWER_PATIENCE = seconds(60);
const MOST_REDIRECTS = 10;

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long the answer's head may take; a minute when absent. */
  readonly patience?: Nanoseconds;
  readonly signal: AbortSignal;
}

/** Sends over connections that are kept for the next request. */
export type Send = (request: HttpRequest) => Promise<IncomingMessage>;

const timeout = (message: string): Error & { code?: string } => new EngineError('internal', message);

/** One request, no redirect followed. @throws internal in Go's words; the signal's reason when aborted */
const sendOnce = (
  agent: Agent,
  { method, url, headers, body, patience, signal }: HttpRequest,
): Promise<IncomingMessage> => {
  const answer = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = send(url, { method, headers, agent, signal });
  const limits: NodeJS.Timeout[] = [];
  const limit = (span: Nanoseconds, message: string): void => {
    limits.push(setTimeout(() => outgoing.destroy(timeout(message)), toMilliseconds(span)));
  };
  outgoing.on('socket', (socket) => {
    if (!socket.connecting) return;
    limit(DIAL_PATIENCE, 'dial tcp: i/o timeout');
    const dial = limits.at(-1);
    socket.once('connect', () => clearTimeout(dial));
  });
  limit(
    patience ?? ANSWER_PATIENCE,
    'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
  );
  outgoing.on('response', answer.resolve);
  outgoing.on('error', (error) =>
    answer.reject(signal.aborted ? (signal.reason as Error) : networkError(method, url, error)),
  );
  outgoing.end(body);
  return answer.promise.finally(() => {
    for (const timer of limits) clearTimeout(timer);
  });
};

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/** The next place to ask; credentials stay with the host they were meant for. */
const redirected = (request: HttpRequest, location: string): HttpRequest => {
  const url = new URL(location, request.url);
  if (url.host === request.url.host) return { ...request, url };
  const kept = Object.entries(request.headers).filter(([name]) => name.toLowerCase() !== 'authorization');
  return { ...request, url, headers: Object.fromEntries(kept) };
};

/** `Send` over `agent`, which follows redirects of reads. */
export const createSend =
  (agentFor: (url: URL) => Agent): Send =>
  async (request) => {
    let present = request;
    for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
      const response = await sendOnce(agentFor(present.url), present);
      const { location } = response.headers;
      if (!isRedirect(response.statusCode ?? 0) || location === undefined || request.method === 'POST')
        return response;
      response.resume();
      present = redirected(present, location);
    }
    throw new EngineError('internal', `Get "${request.url.href}": stopped after ${MOST_REDIRECTS} redirects`);
  };

/** The body in chunks; a silence longer than a minute, or a connection that breaks, is an error. */
export async function* readBody(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  response.setTimeout(toMilliseconds(ANSWER_PATIENCE), () =>
    response.destroy(timeout('read tcp: i/o timeout')),
  );
  const stop = (): void => void response.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof EngineError ? cause : new EngineError('internal', 'unexpected EOF', { cause });
  } finally {
    signal.removeEventListener('abort', stop);
    response.destroy();
  }
}

/** All of a body. @throws internal when it is longer than `limit` bytes */
export const readWhole = async (
  response: IncomingMessage,
  limit: number,
  signal: AbortSignal,
): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readBody(response, signal)) {
    length += chunk.length;
    if (length > limit)
      throw new EngineError('internal', `the registry's answer is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
