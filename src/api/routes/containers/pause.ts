// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';

export const pauseRoute = (containers: Pick<Containers, 'pause'>): Route => ({
  method: 'POST',
  path: '/containers/{name:.*}/pause',
  operation: 'ContainerPause',
  handle: async (exchange) => {
    await containers.pause(exchange.param('name'));
    exchange.end(204);
  },
});
