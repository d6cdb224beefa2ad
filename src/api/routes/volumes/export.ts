// SPDX-License-Identifier: Apache-2.0
import type { Volumes } from '../../../domain/volumes/index.ts';
import type { Route } from '../../route.ts';
import { chooseEncoding, encoded } from '../../streams/content-encoding.ts';
import { writeAll } from '../../streams/write-to.ts';

/** An extension: a volume's files as a tar stream. ADR 23. */
export const volumeExportRoute = (volumes: Pick<Volumes, 'export'>): Route => ({
  method: 'GET',
  path: '/volumes/{name:.+}/export',
  operation: 'VolumeExport',
  handle: async (exchange) => {
    await using archive = await volumes.export(exchange.param('name'));
    const encoding = chooseEncoding(exchange.header('accept-encoding'));
    const headers = encoding === undefined ? [] : ['Content-Encoding', encoding];
    const response = exchange.stream('application/x-tar', { flush: false, headers });
    await writeAll(response, encoded(encoding, archive.content));
  },
});
