// SPDX-License-Identifier: Apache-2.0
import type { Volumes } from '../../../domain/volumes/index.ts';
import type { Route } from '../../route.ts';
import { volumeBody, volumeLabels } from '../../wire/volumes.ts';

/** An extension: a volume with the files of another one. ADR 23. */
export const volumeCloneRoute = (volumes: Pick<Volumes, 'clone'>): Route => ({
  method: 'POST',
  path: '/volumes/{name:.+}/clone',
  operation: 'VolumeClone',
  handle: async (exchange) => {
    const { query, signal } = exchange;
    const labels = volumeLabels(query.text('labels'));
    const newName = query.text('name');
    const volume = await volumes.clone(exchange.param('name'), {
      newName,
      signal,
      ...(labels && { labels }),
    });
    exchange.json(volumeBody(volume), 201);
  },
});
