// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { isKind } from '../../base/errors.ts';
import type { Mount } from '../../spec/mount.ts';
import type { Image } from './image.ts';
import type { RootfsDeps } from './rootfs.ts';
import { KEY_PREFIX } from './unpack.ts';

/**
 * The mounts by which an image's file system can be read. The snapshot that tells them is gone when this returns (a crash
 * leaves it to the sweep of unfinished ones): they hold for as long as the image is held. @throws not-found
 */
export const viewLayers = async (
  { snapshots, ensureUnpacked, layers }: Pick<RootfsDeps, 'snapshots' | 'ensureUnpacked' | 'layers'>,
  image: Image,
): Promise<readonly Mount[]> => {
  if (image.chainId === undefined) return [];
  const name = layers.nameOf(image.chainId);
  const key = `${KEY_PREFIX}${randomUUID()} view`;
  const look = async (): Promise<readonly Mount[]> => {
    const mounts = await snapshots.view(key, name);
    await snapshots.remove(key);
    return mounts;
  };
  try {
    return await look();
  } catch (error) {
    if (!isKind(error, 'not-found')) throw error;
    await ensureUnpacked(image);
    return look();
  }
};
