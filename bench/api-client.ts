// SPDX-License-Identifier: Apache-2.0
import http from 'node:http';
import type { Engine } from '../test/support/engine.ts';
import { requestHttp, type HttpAnswer } from '../test/support/http-request.ts';

const agents = new WeakMap<Engine, http.Agent>();

function agentOf(engine: Engine): http.Agent {
  const known = agents.get(engine);
  if (known !== undefined) return known;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  agents.set(engine, agent);
  return agent;
}

/** Calls the API over a kept connection. @throws Error on a status of 400 and more. */
export async function call(
  engine: Engine,
  method: string,
  path: string,
  body?: unknown,
): Promise<HttpAnswer> {
  const agent = agentOf(engine);
  const answer = await requestHttp(engine.socket, method, path, {
    agent,
    timeout: 300_000,
    ...(body === undefined ? {} : { body }),
  });
  if (answer.status >= 400)
    throw new Error(`${engine.kind}: ${method} ${path}: ${answer.status} ${answer.text}`);
  return answer;
}

/** Closes the kept connections of an engine that is about to stop. */
export function closeConnections(engine: Engine): void {
  agents.get(engine)?.destroy();
  agents.delete(engine);
}

/** Creates a container and gives its id. */
export async function createContainer(engine: Engine, body: object): Promise<string> {
  const answer = await call(engine, 'POST', '/v1.41/containers/create', { Image: 'busybox', ...body });
  return (answer.json as { Id: string }).Id;
}
