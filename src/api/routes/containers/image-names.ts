// SPDX-License-Identifier: Apache-2.0
import { isKind } from '../../../base/errors.ts';
import type { Container } from '../../../domain/containers/index.ts';
import type { Images } from '../../../domain/images/index.ts';

/** What names are looked up by. */
export type ImageNames = Pick<Images, 'resolve'>;

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
export const imageNames = (images: ImageNames): ((container: Container) => string) => {
  const ids = new Map<string, string | undefined>();
  return ({ config: { image }, imageId }) => {
    if (!ids.has(image)) ids.set(image, imageIdOf(images, image));
    return ids.get(image) === imageId ? image : imageId;
  };
};
