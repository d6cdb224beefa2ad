// SPDX-License-Identifier: Apache-2.0
import type { Images } from '../../../domain/images/index.ts';
import type { Route } from '../../route.ts';
import { historyBody } from '../../wire/images.ts';
import { readPlatform } from './platform-query.ts';

export const imageHistoryRoute = (images: Pick<Images, 'resolve'>): Route => ({
  method: 'GET',
  path: '/images/{name:.*}/history',
  operation: 'ImageHistory',
  handle: (exchange) => {
    const text = exchange.api >= 48 ? exchange.query.optional('platform') : undefined;
    const wanted = text === undefined ? undefined : readPlatform(text);
    exchange.json(historyBody(images.resolve(exchange.param('name'), wanted)));
  },
});
