// SPDX-License-Identifier: Apache-2.0
import type { Container } from './container.ts';
import type { Sizes } from './containers.ts';
import { findRootfs } from './container-view.ts';
import type { Core } from './core.ts';
import { markedBytes } from './mark-rootfs.ts';

type SizesDeps = Pick<Core, 'images' | 'rootfs'>;

/** Bytes of a container's own changes. */
export const writableSize = async (deps: SizesDeps, id: Container['id']): Promise<number> => {
  const [used, rootfs] = await Promise.all([deps.images.rootfsUsage(id), findRootfs(deps, id)]);
  return Math.max(0, used - markedBytes(rootfs));
};

/** How much disk a container uses: its own changes, and with its image's layers. */
export const containerSizes = async (deps: SizesDeps, { id, imageId }: Container): Promise<Sizes> => {
  const writable = await writableSize(deps, id);
  return { writable, root: writable + (deps.images.find(imageId)?.size ?? 0) };
};
