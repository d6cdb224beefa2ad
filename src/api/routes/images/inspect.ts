// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { Images } from '../../../domain/images/index.ts';
import type { Platform } from '../../../spec/platform.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';
import { imageBody } from '../../wire/images.ts';
import { readPlatform } from './platform-query.ts';

const readWanted = ({ query, api }: Exchange): Platform | undefined => {
  const platform = api >= 49 ? query.optional('platform') : undefined;
  if (platform === undefined) return undefined;
  if (query.bool('manifests'))
    throw new EngineError(
      'invalid-argument',
      'conflicting options: manifests and platform options cannot both be set',
    );
  return readPlatform(platform);
};

export const imageInspectRoute = (images: Pick<Images, 'resolve' | 'driverStatus'>): Route => ({
  method: 'GET',
  path: '/images/{name:.*}/json',
  operation: 'ImageInspect',
  handle: async (exchange) => {
    const image = images.resolve(exchange.param('name'), readWanted(exchange));
    const { name } = await images.driverStatus();
    exchange.json(imageBody(image, name, exchange.api));
  },
});
