// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** One request as a script sees it; `true` says that it was answered. */
export type Script = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface ScriptedRegistry extends AsyncDisposable {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** `GET /v2/`, in order. */
  readonly requests: string[];
}

/**
 * A registry of a test's making: each script may answer a request; what none answers goes to `upstream`
 * (`127.0.0.1:port`), or is a 404.
 */
export const startScriptedRegistry = async (
  scripts: readonly Script[],
  options: {
    readonly upstream?: string;
    readonly tls?: { readonly key: string; readonly cert: string };
  } = {},
): Promise<ScriptedRegistry> => {
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (scripts.some((script) => script(request, response))) return;
    if (options.upstream === undefined) response.writeHead(404).end();
    else void forward(options.upstream, request, response);
  };
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const forward = async (
  upstream: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const headers = new Headers();
  for (const name of ['accept', 'range']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const answer = await fetch(`http://${upstream}${request.url}`, { headers });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
};
