// SPDX-License-Identifier: Apache-2.0
import type { Images } from '../../../domain/images/index.ts';
import type { Route } from '../../route.ts';

export const imageTagRoute = (images: Pick<Images, 'tag'>): Route => ({
  method: 'POST',
  path: '/images/{name:.*}/tag',
  operation: 'ImageTag',
  handle: async (exchange) => {
    const { query } = exchange;
    const repository = query.text('repo');
    // Without a repository nothing is asked for, and Docker does nothing.
    if (repository === '') return exchange.end(200);
    await images.tag(exchange.param('name'), repository, query.text('tag'));
    exchange.end(201);
  },
});
