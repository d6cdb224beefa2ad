// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { Networks } from '../../../domain/networks/index.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';
import { networkBody } from '../../wire/networks.ts';

const BOOLEAN = /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/;

/** `verbose` adds what a swarm knows, which is nothing here; it must be a Go boolean all the same. @throws invalid-argument */
const checkVerbose = ({ query }: Exchange): void => {
  const text = query.text('verbose');
  if (text === '' || BOOLEAN.test(text)) return;
  const quoted = JSON.stringify(text);
  throw new EngineError(
    'invalid-argument',
    `invalid value for verbose: ${text}: strconv.ParseBool: parsing ${quoted}: invalid syntax`,
  );
};

export const networkInspectRoute = (networks: Pick<Networks, 'resolve' | 'endpoints'>): Route => ({
  method: 'GET',
  path: '/networks/{id:.+}',
  operation: 'NetworkInspect',
  handle: (exchange) => {
    checkVerbose(exchange);
    const reference = exchange.param('id');
    const network = networks.resolve(reference);
    const scope = exchange.query.text('scope');
    if (scope !== '' && scope !== network.scope)
      throw new EngineError('not-found', `network ${reference} not found`);
    exchange.json(networkBody(network, networks.endpoints(network.id)));
  },
});
