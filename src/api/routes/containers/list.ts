// SPDX-License-Identifier: Apache-2.0
import { now } from '../../../base/time.ts';
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { ListedContainers } from '../../wire/listed-containers.ts';
import { type ImageNames, imageNames } from './image-names.ts';

export const listRoute = (
  containers: Pick<Containers, 'list'>,
  images: ImageNames,
  listed = new ListedContainers(),
): Route => ({
  method: 'GET',
  path: '/containers/json',
  operation: 'ContainerList',
  handle: async (exchange) => {
    const { query, api } = exchange;
    const views = await containers.list({
      all: query.bool('all'),
      limit: Math.max(0, query.integer('limit') ?? 0),
      size: query.bool('size'),
      filters: query.filters(),
    });
    const at = { api, moment: now(), imageName: imageNames(images) };
    exchange.jsonText(listed.text(views, at));
  },
});
