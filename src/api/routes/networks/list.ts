// SPDX-License-Identifier: Apache-2.0
import type { Networks } from '../../../domain/networks/index.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';
import { networkBody } from '../../wire/networks.ts';

export const networkListRoutes = (networks: Pick<Networks, 'list' | 'endpoints'>): readonly Route[] => {
  const handle = (exchange: Exchange): void => {
    const found = networks.list({ filters: exchange.query.filters() });
    // Since API 1.28 the list leaves the containers out.
    const body = found.map((network) =>
      networkBody(network, exchange.api < 28 ? networks.endpoints(network.id) : []),
    );
    exchange.json(body);
  };
  return [
    { method: 'GET', path: '/networks', operation: 'NetworkList', handle },
    { method: 'GET', path: '/networks/', operation: 'NetworkList', handle },
  ];
};
