// SPDX-License-Identifier: Apache-2.0
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, STATUS_CODES } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { EngineError } from '../../base/errors.ts';
import { toMilliseconds } from '../../base/time.ts';
import { dialReason } from './go-error.ts';
import type { HttpAnswer, HttpCall, HttpClient, TlsTrust } from './log-targets.ts';
import { tlsOptions } from './stream-connection.ts';

/** Of an answer's body, so much is kept (bytes); the rest is read and dropped, so that the connection can be used again. */
const BODY_KEPT = 65_536;

const readAnswer = async (response: IncomingMessage): Promise<HttpAnswer> => {
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response) {
    const bytes = chunk as Uint8Array;
    if (length < BODY_KEPT) kept.push(bytes.subarray(0, BODY_KEPT - length));
    length += bytes.length;
  }
  const status = response.statusCode ?? 0;
  return {
    status,
    statusLine: `${status} ${response.statusMessage || (STATUS_CODES[status] ?? '')}`.trimEnd(),
    headers: Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: Buffer.concat(kept).toString(),
  };
};

/** `Post "https://…": dial tcp …`: Go's client names the verb and the place. */
const failureOf = ({ method, url }: HttpCall, thrown: unknown): EngineError => {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const reset = thrown instanceof Error && 'code' in thrown && thrown.code === 'ECONNRESET';
  const reason = reset ? 'EOF' : dialReason(thrown, 'tcp', url.hostname, `${url.hostname}:${port}`);
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  return new EngineError('unavailable', `${verb} "${url.href}": ${reason}`, { cause: thrown });
};

/** Sends one request and reads its answer whole; none is sent again. */
const callOnce = async (agent: HttpAgent, call: HttpCall): Promise<HttpAnswer> => {
  call.signal.throwIfAborted();
  const answer = Promise.withResolvers<IncomingMessage>();
  const send = call.url.protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = send(call.url, {
    method: call.method,
    headers: { ...call.headers, 'content-length': call.body?.length ?? 0 },
    agent,
    signal: call.signal,
  });
  const timer = setTimeout(
    () => outgoing.destroy(new EngineError('unavailable', 'context deadline exceeded')),
    toMilliseconds(call.patience),
  );
  outgoing.on('response', answer.resolve).on('error', answer.reject);
  outgoing.end(call.body);
  try {
    return await readAnswer(await answer.promise);
  } catch (thrown) {
    call.signal.throwIfAborted();
    throw failureOf(call, thrown);
  } finally {
    clearTimeout(timer);
  }
};

/** A client whose connections trust by `trust`; `proxyEnv` (HTTP_PROXY and so on) says who is asked through a proxy. */
export const createHttpClient = (trust: TlsTrust, proxyEnv: Readonly<Record<string, string>>): HttpClient => {
  const options = { keepAlive: true, maxSockets: 2, proxyEnv };
  const plain = new HttpAgent(options);
  const secure = new HttpsAgent({ ...options, ...tlsOptions(trust) });
  return {
    call: async (call) => callOnce(call.url.protocol === 'https:' ? secure : plain, call),
    [Symbol.dispose]: () => {
      plain.destroy();
      secure.destroy();
    },
  };
};
