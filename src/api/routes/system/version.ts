// SPDX-License-Identifier: Apache-2.0
import type { System } from '../../../domain/system/index.ts';
import type { Route } from '../../route.ts';
import { versionBody } from '../../wire/system.ts';

export const versionRoute = (system: Pick<System, 'version'>): Route => ({
  method: 'GET',
  path: '/version',
  operation: 'SystemVersion',
  handle: (exchange) => exchange.json(versionBody(system.version())),
});
