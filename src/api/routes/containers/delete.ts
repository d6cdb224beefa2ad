// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';

export const deleteRoute = (containers: Pick<Containers, 'delete'>): Route => ({
  method: 'DELETE',
  path: '/containers/{name:.*}',
  operation: 'ContainerDelete',
  handle: async (exchange) => {
    const { query } = exchange;
    await containers.delete(exchange.param('name'), {
      force: query.bool('force'),
      volumes: query.bool('v'),
      link: query.bool('link'),
    });
    exchange.end(204);
  },
});
