// SPDX-License-Identifier: Apache-2.0
import type { Networks } from '../../../domain/networks/index.ts';
import type { Route } from '../../route.ts';
import { networkCreateBody, networkCreateRequest } from '../../wire/networks.ts';

export const networkCreateRoute = (networks: Pick<Networks, 'create'>): Route => ({
  method: 'POST',
  path: '/networks/create',
  operation: 'NetworkCreate',
  handle: async (exchange) => {
    const body = await exchange.readJson(networkCreateBody);
    const { id, warning } = await networks.create(networkCreateRequest(body, exchange.api));
    exchange.json({ Id: id, Warning: warning }, 201);
  },
});
