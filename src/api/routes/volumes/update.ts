// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { Route } from '../../route.ts';

/** Only volumes of a cluster can be changed, and this node belongs to none. */
export const volumeUpdateRoute = (): Route => ({
  method: 'PUT',
  path: '/volumes/{name:.*}',
  operation: 'VolumeUpdate',
  service: 'no-swarm',
  handle: () => {
    throw new EngineError(
      'unavailable',
      'volume update only valid for cluster volumes, but swarm is unavailable',
    );
  },
});
