// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';

export const topRoute = (containers: Pick<Containers, 'top'>): Route => ({
  method: 'GET',
  path: '/containers/{name:.*}/top',
  operation: 'ContainerTop',
  handle: async (exchange) => {
    const { titles, processes } = await containers.top(
      exchange.param('name'),
      exchange.query.text('ps_args'),
    );
    exchange.json({ Processes: processes.length === 0 ? null : processes, Titles: titles });
  },
});
