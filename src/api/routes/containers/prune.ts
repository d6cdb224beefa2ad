// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';

export const pruneRoute = (containers: Pick<Containers, 'prune'>): Route => ({
  method: 'POST',
  path: '/containers/prune',
  operation: 'ContainerPrune',
  handle: async (exchange) => {
    const { deleted, reclaimed } = await containers.prune(exchange.query.filters());
    exchange.json({ ContainersDeleted: deleted.length === 0 ? null : deleted, SpaceReclaimed: reclaimed });
  },
});
