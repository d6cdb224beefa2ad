// SPDX-License-Identifier: Apache-2.0
import type { Volumes } from '../../../domain/volumes/index.ts';
import type { Route } from '../../route.ts';
import { skippingRest } from '../../streams/skip-rest.ts';
import { volumeBody, volumeLabels } from '../../wire/volumes.ts';

/** An extension: a volume of the files in a tar stream. ADR 23. */
export const volumeImportRoute = (volumes: Pick<Volumes, 'import'>): Route => ({
  method: 'POST',
  path: '/volumes/{name:.+}/import',
  operation: 'VolumeImport',
  handle: async (exchange) => {
    const { query, body: content, signal } = exchange;
    const labels = volumeLabels(query.text('labels'));
    const replace = query.bool('replace');
    const volume = await skippingRest(exchange, async () =>
      volumes.import(exchange.param('name'), { content, replace, signal, ...(labels && { labels }) }),
    );
    exchange.json(volumeBody(volume), replace ? 200 : 201);
  },
});
