// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { readStopOptions } from './stop-options.ts';

export const restartRoute = (containers: Pick<Containers, 'restart'>): Route => ({
  method: 'POST',
  path: '/containers/{name:.*}/restart',
  operation: 'ContainerRestart',
  handle: async (exchange) => {
    await containers.restart(exchange.param('name'), readStopOptions(exchange));
    exchange.end(204);
  },
});
