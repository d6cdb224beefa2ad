// SPDX-License-Identifier: Apache-2.0
import { getXattr } from './xattr.ts';

/**
 * Whether a file in an upper layer says that the path is removed: a character device 0/0.
 * Source: Documentation/filesystems/overlayfs.rst, as for the other mark.
 */
export const isWhiteout = (stats: {
  readonly isCharacterDevice: () => boolean;
  readonly rdev: number | bigint;
}): boolean => stats.isCharacterDevice() && Number(stats.rdev) === 0;

/** Whether the directory at `path`, in an upper layer, hides all that the layers beneath have in it. */
export const isOpaque = (path: string): boolean =>
  getXattr(path, 'trusted.overlay.opaque')?.toString() === 'y';
