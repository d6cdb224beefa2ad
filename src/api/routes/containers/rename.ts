// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';

export const renameRoute = (containers: Pick<Containers, 'rename'>): Route => ({
  method: 'POST',
  path: '/containers/{name:.*}/rename',
  operation: 'ContainerRename',
  handle: async (exchange) => {
    await containers.rename(exchange.param('name'), exchange.query.text('name'));
    exchange.end(204);
  },
});
