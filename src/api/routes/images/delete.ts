// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { Images } from '../../../domain/images/index.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';
import { deletedBody } from '../../wire/images.ts';

/** An image has one platform here: to name several is an error. @throws invalid-argument */
const refusePlatforms = ({ query, api }: Exchange): void => {
  if (api >= 50 && query.texts('platforms').length > 1)
    throw new EngineError('invalid-argument', 'multiple platforms are not supported');
};

export const imageDeleteRoute = (images: Pick<Images, 'delete'>): Route => ({
  method: 'DELETE',
  path: '/images/{name:.*}',
  operation: 'ImageDelete',
  handle: async (exchange) => {
    const { query } = exchange;
    const name = exchange.param('name');
    if (name.trim() === '') throw new EngineError('invalid-argument', 'image name cannot be blank');
    refusePlatforms(exchange);
    const options = { force: query.bool('force'), noPrune: query.bool('noprune') };
    exchange.json(deletedBody(await images.delete(name, options)));
  },
});
