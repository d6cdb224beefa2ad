// SPDX-License-Identifier: Apache-2.0
import type { Networks } from '../../../domain/networks/index.ts';
import type { Route } from '../../route.ts';

export const networkDeleteRoute = (networks: Pick<Networks, 'delete'>): Route => ({
  method: 'DELETE',
  path: '/networks/{id:.*}',
  operation: 'NetworkDelete',
  handle: async (exchange) => {
    await networks.delete(exchange.param('id'));
    exchange.end(204);
  },
});
