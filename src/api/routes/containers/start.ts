// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { CheckpointReference, Containers } from '../../../domain/containers/index.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';

/** Bodies up to this length (bytes), `null` and the like, were always let through. */
const NO_BODY = 7;

/** A start took a host configuration once. @throws invalid-argument for a client that still sends one */
const refuseBody = ({ bodyHead }: Exchange): void => {
  if (bodyHead.contentLength !== undefined && bodyHead.contentLength <= NO_BODY) return;
  throw new EngineError(
    'invalid-argument',
    'starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24',
  );
};

/** The state to go on from; `undefined` for a start from the beginning. */
const readCheckpoint = ({ query }: Exchange): CheckpointReference | undefined => {
  const name = query.text('checkpoint');
  if (name === '') return undefined;
  const directory = query.optional('checkpoint-dir');
  return { name, ...(directory === undefined ? {} : { directory }) };
};

export const startRoute = (containers: Pick<Containers, 'start'>): Route => ({
  method: 'POST',
  path: '/containers/{name:.*}/start',
  operation: 'ContainerStart',
  handle: async (exchange) => {
    refuseBody(exchange);
    const checkpoint = readCheckpoint(exchange);
    const outcome = await containers.start(exchange.param('name'), {
      signal: exchange.signal,
      ...(checkpoint && { checkpoint }),
    });
    exchange.end(outcome === 'started' ? 204 : 304);
  },
});
