// SPDX-License-Identifier: Apache-2.0
import { isKind } from '../../../base/errors.ts';
import { now } from '../../../base/time.ts';
import type { Container, Containers } from '../../../domain/containers/index.ts';
import type { Images } from '../../../domain/images/index.ts';
import type { Route } from '../../route.ts';
import { ListedContainers } from '../../wire/listed-containers.ts';

type ImageNames = Pick<Images, 'resolve'>;

/** The image that a name means now; `undefined` when it means none. */
const imageIdOf = (images: ImageNames, name: string): string | undefined => {
  try {
    return images.resolve(name).id;
  } catch (error) {
    if (isKind(error, 'not-found', 'invalid-argument')) return undefined;
    throw error;
  }
};

/** How the list names a container's image. Many containers share one: each name is looked up once. */
const imageNames = (images: ImageNames): ((container: Container) => string) => {
  const ids = new Map<string, string | undefined>();
  return ({ config: { image }, imageId }) => {
    if (!ids.has(image)) ids.set(image, imageIdOf(images, image));
    return ids.get(image) === imageId ? image : imageId;
  };
};

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
