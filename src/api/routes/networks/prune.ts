// SPDX-License-Identifier: Apache-2.0
import type { Networks } from '../../../domain/networks/index.ts';
import type { Route } from '../../route.ts';

export const networkPruneRoute = (networks: Pick<Networks, 'prune'>): Route => ({
  method: 'POST',
  path: '/networks/prune',
  operation: 'NetworkPrune',
  handle: async (exchange) => {
    const names = await networks.prune({ filters: exchange.query.filters() });
    exchange.json({ NetworksDeleted: names.length > 0 ? names : null });
  },
});
