// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { networkDisconnectBody } from '../../wire/networks.ts';

export const networkDisconnectRoute = (containers: Pick<Containers, 'disconnectNetwork'>): Route => ({
  method: 'POST',
  path: '/networks/{id:.*}/disconnect',
  operation: 'NetworkDisconnect',
  handle: async (exchange) => {
    const { container, force } = await exchange.readJson(networkDisconnectBody);
    await containers.disconnectNetwork(exchange.param('id'), container, { force });
    exchange.end(200);
  },
});
