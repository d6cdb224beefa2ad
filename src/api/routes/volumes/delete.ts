// SPDX-License-Identifier: Apache-2.0
import type { Volumes } from '../../../domain/volumes/index.ts';
import type { Route } from '../../route.ts';

export const volumeDeleteRoute = (volumes: Pick<Volumes, 'delete'>): Route => ({
  method: 'DELETE',
  path: '/volumes/{name:.*}',
  operation: 'VolumeDelete',
  handle: async (exchange) => {
    await volumes.delete(exchange.param('name'), { force: exchange.query.bool('force') });
    exchange.end(204);
  },
});
