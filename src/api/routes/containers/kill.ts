// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';

export const killRoute = (containers: Pick<Containers, 'kill'>): Route => ({
  method: 'POST',
  path: '/containers/{name:.*}/kill',
  operation: 'ContainerKill',
  handle: async (exchange) => {
    await containers.kill(exchange.param('name'), exchange.query.text('signal'));
    exchange.end(204);
  },
});
