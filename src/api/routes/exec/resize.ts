// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { readTerminalSize } from '../containers/terminal-size.ts';

export const execResizeRoute = (containers: Pick<Containers, 'execResize'>): Route => ({
  method: 'POST',
  path: '/exec/{id:.*}/resize',
  operation: 'ExecResize',
  handle: async (exchange) => {
    await containers.execResize(exchange.param('id'), readTerminalSize(exchange.query));
    exchange.end(200);
  },
});
