// SPDX-License-Identifier: Apache-2.0
import type { Images } from '../../../domain/images/index.ts';
import type { Route } from '../../route.ts';
import { sendProgress } from '../../streams/progress.ts';
import { readPlatform } from './platform-query.ts';

/** Loads an archive. What is wrong with it is told in the stream, never by a status. */
export const imageLoadRoute = (images: Pick<Images, 'load'>): Route => ({
  method: 'POST',
  path: '/images/load',
  operation: 'ImageLoad',
  handle: async (exchange) => {
    const { query, api, body, signal } = exchange;
    const text = api >= 48 ? query.optional('platform') : undefined;
    const platform = text === undefined ? {} : { platform: readPlatform(text) };
    const progress = images.load(body, { quiet: query.bool('quiet', true), signal, ...platform });
    await sendProgress(exchange, progress, { errorsInStream: true });
  },
});
