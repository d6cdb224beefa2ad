// SPDX-License-Identifier: Apache-2.0
import http from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A whole answer of an engine: status, lower-case headers, body. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** The body as JSON, or undefined when it is none. */
  readonly json: unknown;
}

/** What a request carries beside method and path. An object or array body is sent as JSON, a Buffer or string as it is. */
export interface HttpRequestOptions {
  readonly body?: unknown;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly agent?: http.Agent;
  /** Milliseconds until the request is given up (default 60 000). */
  readonly timeout?: number;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Opens a request on a unix socket and answers the response head with its body still to be read. */
export function openHttp(
  socketPath: string,
  method: string,
  path: string,
  options: HttpRequestOptions = {},
): Promise<http.IncomingMessage> {
  const raw = typeof options.body === 'string' || Buffer.isBuffer(options.body);
  const payload =
    options.body === undefined ? undefined : raw ? (options.body as Buffer) : JSON.stringify(options.body);
  const headers: http.OutgoingHttpHeaders = {
    Host: 'docker',
    ...(payload === undefined
      ? method === 'POST' || method === 'PUT'
        ? { 'Content-Length': 0 }
        : {}
      : {
          'Content-Length': Buffer.byteLength(payload),
          ...(raw ? {} : { 'Content-Type': 'application/json' }),
        }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const request = http.request({
      socketPath,
      method,
      path,
      headers,
      agent: options.agent ?? false,
      signal: AbortSignal.timeout(options.timeout ?? 60_000),
    });
    request.on('response', resolve);
    request.on('error', reject);
    request.end(payload);
  });
}

/** Sends a request on a unix socket and reads the answer to its end. */
export async function requestHttp(
  socketPath: string,
  method: string,
  path: string,
  options: HttpRequestOptions = {},
): Promise<HttpAnswer> {
  const response = await openHttp(socketPath, method, path, options);
  const bytes = await buffer(response);
  const text = bytes.toString();
  return { status: response.statusCode ?? 0, headers: response.headers, bytes, text, json: parseJson(text) };
}
