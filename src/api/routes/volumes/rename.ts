// SPDX-License-Identifier: Apache-2.0
import type { Volumes } from '../../../domain/volumes/index.ts';
import type { Route } from '../../route.ts';

/** An extension: Docker's volumes keep their names. ADR 23. */
export const volumeRenameRoute = (volumes: Pick<Volumes, 'rename'>): Route => ({
  method: 'POST',
  path: '/volumes/{name:.+}/rename',
  operation: 'VolumeRename',
  handle: async (exchange) => {
    await volumes.rename(exchange.param('name'), exchange.query.text('name'));
    exchange.end(204);
  },
});
