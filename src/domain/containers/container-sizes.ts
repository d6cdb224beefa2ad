// SPDX-License-Identifier: Apache-2.0
import type { Container } from './container.ts';
import type { Sizes } from './containers.ts';
import type { Core } from './core.ts';

/** How much disk a container uses: its own changes, and with its image's layers. */
export const containerSizes = async (
  { images }: Pick<Core, 'images'>,
  { id, imageId }: Container,
): Promise<Sizes> => {
  const writable = await images.rootfsUsage(id);
  return { writable, root: writable + (images.find(imageId)?.size ?? 0) };
};
