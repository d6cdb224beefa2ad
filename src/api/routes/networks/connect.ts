// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { networkConnectBody, networkConnectRequest } from '../../wire/networks.ts';

export const networkConnectRoute = (containers: Pick<Containers, 'connectNetwork'>): Route => ({
  method: 'POST',
  path: '/networks/{id:.*}/connect',
  operation: 'NetworkConnect',
  handle: async (exchange) => {
    const body = await exchange.readJson(networkConnectBody);
    const request = networkConnectRequest(body, exchange.api);
    await containers.connectNetwork(exchange.param('id'), body.container, request);
    exchange.end(200);
  },
});
