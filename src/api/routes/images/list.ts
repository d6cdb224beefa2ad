// SPDX-License-Identifier: Apache-2.0
import type { ImageListQuery, Images } from '../../../domain/images/index.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';
import { listedImageBody } from '../../wire/images.ts';

/** Up to API 1.40 a `filter` of its own took the place of the filter `reference`. */
const readQuery = ({ query, api }: Exchange): ImageListQuery => {
  const filters = query.filters();
  const pattern = api < 41 ? query.optional('filter') : undefined;
  const reference = pattern === undefined ? {} : { reference: [...(filters['reference'] ?? []), pattern] };
  return { all: query.bool('all'), filters: { ...filters, ...reference } };
};

export const imageListRoute = (images: Pick<Images, 'list' | 'holders'>): Route => ({
  method: 'GET',
  path: '/images/json',
  operation: 'ImageList',
  handle: (exchange) => {
    const found = images.list(readQuery(exchange));
    exchange.json(found.map((image) => listedImageBody(image, images.holders(image.id), exchange.api)));
  },
});
