// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { Containers, WaitCondition } from '../../../domain/containers/index.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';

const CONDITIONS: readonly WaitCondition[] = ['not-running', 'next-exit', 'removed'];

/** Conditions came with API 1.30. @throws invalid-argument for an unknown one */
const readCondition = ({ api, query }: Exchange): WaitCondition => {
  const text = api >= 30 ? query.text('condition') : '';
  if (text === '') return 'not-running';
  const condition = CONDITIONS.find((known) => known === text);
  if (condition) return condition;
  throw new EngineError('invalid-argument', `invalid condition: ${JSON.stringify(text)}`);
};

export const waitRoute = (containers: Pick<Containers, 'wait'>): Route => ({
  method: 'POST',
  path: '/containers/{name:.*}/wait',
  operation: 'ContainerWait',
  handle: async (exchange) => {
    const condition = readCondition(exchange);
    const { result } = containers.wait(exchange.param('name'), condition, { signal: exchange.signal });
    // The CLI starts the container when it sees the head: by now the waiter is registered.
    const early = exchange.api >= 30 ? exchange.stream('application/json', { flush: true }) : undefined;
    const { exitCode, error } = await result;
    const body = { StatusCode: exitCode, ...(error === undefined ? {} : { Error: { Message: error } }) };
    if (early) early.end(`${JSON.stringify(body)}\n`);
    else exchange.json(body);
  },
});
