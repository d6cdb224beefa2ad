// SPDX-License-Identifier: Apache-2.0
import type { System } from '../../../domain/system/index.ts';
import type { Route } from '../../route.ts';
import { infoBody } from '../../wire/system.ts';

export const infoRoute = (system: Pick<System, 'info'>): Route => ({
  method: 'GET',
  path: '/info',
  operation: 'SystemInfo',
  handle: async (exchange) => exchange.json(infoBody(await system.info(), exchange.api)),
});
