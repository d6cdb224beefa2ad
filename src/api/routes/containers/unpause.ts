// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';

export const unpauseRoute = (containers: Pick<Containers, 'unpause'>): Route => ({
  method: 'POST',
  path: '/containers/{name:.*}/unpause',
  operation: 'ContainerUnpause',
  handle: async (exchange) => {
    await containers.unpause(exchange.param('name'));
    exchange.end(204);
  },
});
