// SPDX-License-Identifier: Apache-2.0
import type { Volumes } from '../../../domain/volumes/index.ts';
import type { Route } from '../../route.ts';
import { prunesNamedVolumes } from '../../wire/volumes.ts';

export const volumePruneRoute = (volumes: Pick<Volumes, 'prune'>): Route => ({
  method: 'POST',
  path: '/volumes/prune',
  operation: 'VolumePrune',
  handle: async (exchange) => {
    const all = prunesNamedVolumes(exchange.api);
    const { deleted, reclaimed } = await volumes.prune(exchange.query.filters(), { all });
    exchange.json({ VolumesDeleted: deleted, SpaceReclaimed: reclaimed });
  },
});
