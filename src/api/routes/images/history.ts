// SPDX-License-Identifier: Apache-2.0
import type { Image, Images } from '../../../domain/images/index.ts';
import type { Route } from '../../route.ts';
import { historyBody } from '../../wire/images.ts';
import { readPlatform } from './platform-query.ts';

/** The image, what it was made from, and so on, as far as they are here. */
const descent = (images: Pick<Images, 'find'>, image: Image): readonly [Image, ...Image[]] => {
  const made: [Image, ...Image[]] = [image];
  for (let parent = image.parent; parent !== undefined; parent = made.at(-1)?.parent) {
    const found = images.find(parent);
    if (!found) break;
    made.push(found);
  }
  return made;
};

export const imageHistoryRoute = (images: Pick<Images, 'resolve' | 'find'>): Route => ({
  method: 'GET',
  path: '/images/{name:.*}/history',
  operation: 'ImageHistory',
  handle: (exchange) => {
    const text = exchange.api >= 48 ? exchange.query.optional('platform') : undefined;
    const wanted = text === undefined ? undefined : readPlatform(text);
    exchange.json(historyBody(descent(images, images.resolve(exchange.param('name'), wanted))));
  },
});
