// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { readTerminalSize } from './terminal-size.ts';

export const resizeRoute = (containers: Pick<Containers, 'resize'>): Route => ({
  method: 'POST',
  path: '/containers/{name:.*}/resize',
  operation: 'ContainerResize',
  handle: async (exchange) => {
    await containers.resize(exchange.param('name'), readTerminalSize(exchange.query));
    exchange.end(200);
  },
});
