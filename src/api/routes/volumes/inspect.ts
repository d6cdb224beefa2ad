// SPDX-License-Identifier: Apache-2.0
import type { Volumes } from '../../../domain/volumes/index.ts';
import type { Route } from '../../route.ts';
import { volumeBody } from '../../wire/volumes.ts';

export const volumeInspectRoute = (volumes: Pick<Volumes, 'inspect'>): Route => ({
  method: 'GET',
  path: '/volumes/{name:.*}',
  operation: 'VolumeInspect',
  handle: async (exchange) => exchange.json(volumeBody(await volumes.inspect(exchange.param('name')))),
});
