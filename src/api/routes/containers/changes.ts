// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { encodeChanges } from '../../wire/path-stat.ts';

export const changesRoute = (containers: Pick<Containers, 'changes'>): Route => ({
  method: 'GET',
  path: '/containers/{name:.*}/changes',
  operation: 'ContainerChanges',
  handle: async (exchange) => {
    exchange.json(encodeChanges(await containers.changes(exchange.param('name'))));
  },
});
