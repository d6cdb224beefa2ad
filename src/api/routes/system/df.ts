// SPDX-License-Identifier: Apache-2.0
import { now } from '../../../base/time.ts';
import type { Containers } from '../../../domain/containers/index.ts';
import type { Images } from '../../../domain/images/index.ts';
import type { Volumes } from '../../../domain/volumes/index.ts';
import type { Route } from '../../route.ts';
import type { ApiVersion } from '../../version.ts';
import { imageUsageBody, usageTypes, volumeUsageBody } from '../../wire/disk-usage.ts';
import { ListedContainers } from '../../wire/listed-containers.ts';
import { imageNames } from '../containers/image-names.ts';

interface Rooms {
  readonly containers: Pick<Containers, 'list'>;
  readonly images: Pick<Images, 'list' | 'holders' | 'resolve'>;
  readonly volumes: Pick<Volumes, 'usage'>;
}

/** JSON text: rows of containers are kept as such. */
const containersText = async ({ containers, images }: Rooms, api: ApiVersion): Promise<string> => {
  const views = await containers.list({ all: true, limit: 0, size: true, filters: {} });
  return new ListedContainers().text(views, { api, moment: now(), imageName: imageNames(images) });
};

/** Nothing is built here yet, so no build cache is kept. */
export const diskUsageRoute = (rooms: Rooms): Route => ({
  method: 'GET',
  path: '/system/df',
  operation: 'SystemDataUsage',
  handle: async (exchange) => {
    const { query, api } = exchange;
    const types = usageTypes(query, api);
    const { images, volumes } = rooms;
    const measured = types.has('image') ? images.list({ all: false, filters: {} }) : undefined;
    const imageRows = measured && {
      images: measured,
      holders: ({ id }: (typeof measured)[number]) => images.holders(id),
    };
    const [containerText, volumeRows] = await Promise.all([
      types.has('container') ? containersText(rooms, api) : 'null',
      types.has('volume') ? volumes.usage() : undefined,
    ]);
    const rest = JSON.stringify({
      ...imageUsageBody(imageRows, api),
      Volumes: volumeRows ? volumeUsageBody(volumeRows) : null,
      BuildCache: types.has('build-cache') ? [] : null,
    });
    exchange.jsonText(`${rest.slice(0, -1)},"Containers":${containerText}}`);
  },
});
