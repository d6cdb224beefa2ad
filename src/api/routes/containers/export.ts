// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { writeAll } from '../../streams/write-to.ts';

export const exportRoute = (containers: Pick<Containers, 'export'>): Route => ({
  method: 'GET',
  path: '/containers/{name:.*}/export',
  operation: 'ContainerExport',
  handle: async (exchange) => {
    using archive = await containers.export(exchange.param('name'));
    await writeAll(exchange.stream('application/octet-stream', { flush: false }), archive.content);
  },
});
