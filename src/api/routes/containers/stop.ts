// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { readStopOptions } from './stop-options.ts';

export const stopRoute = (containers: Pick<Containers, 'stop'>): Route => ({
  method: 'POST',
  path: '/containers/{name:.*}/stop',
  operation: 'ContainerStop',
  handle: async (exchange) => {
    const outcome = await containers.stop(exchange.param('name'), readStopOptions(exchange));
    exchange.end(outcome === 'stopped' ? 204 : 304);
  },
});
