// SPDX-License-Identifier: Apache-2.0
import type { Volumes } from '../../../domain/volumes/index.ts';
import type { Route } from '../../route.ts';
import { volumeBody } from '../../wire/volumes.ts';

export const volumeListRoute = (volumes: Pick<Volumes, 'search'>): Route => ({
  method: 'GET',
  path: '/volumes',
  operation: 'VolumeList',
  handle: async (exchange) => {
    const { volumes: found, warnings } = await volumes.search(exchange.query.filters());
    exchange.json({ Volumes: found.map(volumeBody), Warnings: warnings.length === 0 ? null : warnings });
  },
});
