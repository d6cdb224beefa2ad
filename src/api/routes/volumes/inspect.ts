// SPDX-License-Identifier: Apache-2.0
import type { Volumes } from '../../../domain/volumes/index.ts';
import type { Route } from '../../route.ts';
import { volumeBody } from '../../wire/volumes.ts';

export const volumeInspectRoute = (volumes: Pick<Volumes, 'get'>): Route => ({
  method: 'GET',
  path: '/volumes/{name:.*}',
  operation: 'VolumeInspect',
  handle: (exchange) => exchange.json(volumeBody(volumes.get(exchange.param('name')))),
});
