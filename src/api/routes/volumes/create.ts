// SPDX-License-Identifier: Apache-2.0
import type { Volumes } from '../../../domain/volumes/index.ts';
import type { Route } from '../../route.ts';
import { noManager } from '../not-served.ts';
import { isForCluster, volumeBody, volumeCreateOptions } from '../../wire/volumes.ts';

export const volumeCreateRoute = (volumes: Pick<Volumes, 'create'>): Route => ({
  method: 'POST',
  path: '/volumes/create',
  operation: 'VolumeCreate',
  handle: async (exchange) => {
    const asked = await exchange.readJson(volumeCreateOptions);
    if (isForCluster(asked, exchange.api)) throw noManager();
    const { name, driver, driverOpts, labels } = asked;
    const volume = await volumes.create({
      ...(name === '' ? {} : { name }),
      ...(driver === '' ? {} : { driver }),
      ...(driverOpts === undefined ? {} : { options: driverOpts }),
      ...(labels === undefined ? {} : { labels }),
    });
    exchange.json(volumeBody(volume), 201);
  },
});
