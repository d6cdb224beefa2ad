// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { execBody } from '../../wire/execs.ts';

export const execInspectRoute = (containers: Pick<Containers, 'execInspect'>): Route => ({
  method: 'GET',
  path: '/exec/{id:.*}/json',
  operation: 'ExecInspect',
  handle: (exchange) => exchange.json(execBody(containers.execInspect(exchange.param('id')))),
});
