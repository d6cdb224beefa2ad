// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { containerBody } from '../../wire/containers.ts';

export const inspectRoute = (containers: Pick<Containers, 'inspect'>): Route => ({
  method: 'GET',
  path: '/containers/{name:.*}/json',
  operation: 'ContainerInspect',
  handle: async (exchange) => {
    const details = await containers.inspect(exchange.param('name'), { size: exchange.query.bool('size') });
    exchange.json(containerBody(details, exchange.api));
  },
});
