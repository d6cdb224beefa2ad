// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  chownSync,
  closeSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  type Stats,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Owner } from '../../spec/id-maps.ts';
import { errnoOf, fileFailure } from '../../sys/errno.ts';
import { isWhiteout } from '../../sys/overlay-marks.ts';
import type { Rootfs } from '../images/index.ts';

/** By this file programs know that they run in a container. */
const MARK = '.dockerenv';
/** What else every container finds where its image has nothing (containers.md §16, "Init layer files"). */
const FILES: readonly string[] = ['dev/console', 'etc/hostname', 'etc/hosts', 'etc/resolv.conf'];
const LINK = { path: 'etc/mtab', target: '/proc/mounts' } as const;

/** A layer may have a file where another has the directory above. */
const look = (path: string): Stats | undefined => {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
};

/** What the image shows at a path. That a directory may hide those beneath it is not asked for: nothing is at stake. */
const beneath = (layers: readonly string[], path: string): Stats | undefined => {
  for (const layer of layers) {
    const stats = look(join(layer, path));
    if (stats) return isWhiteout(stats) ? undefined : stats;
  }
  return undefined;
};

interface Fresh {
  readonly upper: string;
  readonly layers: readonly string[];
  readonly owner: Owner | undefined;
}

/** A directory of the fresh layer, with what the image says of it; false where the image has something else. */
const makeDirectory = ({ upper, layers, owner }: Fresh, path: string): boolean => {
  const known = beneath(layers, path);
  if (known && !known.isDirectory()) return false;
  const place = join(upper, path);
  if (lstatSync(place, { throwIfNoEntry: false })) return true;
  mkdirSync(place, 0o755);
  if (known) {
    chownSync(place, known.uid, known.gid);
    chmodSync(place, known.mode & 0o7777);
  } else if (owner) chownSync(place, owner.uid, owner.gid);
  return true;
};

const makeFile = ({ upper, owner }: Fresh, path: string): void => {
  const place = join(upper, path);
  closeSync(openSync(place, 'w', 0o755));
  if (owner) chownSync(place, owner.uid, owner.gid);
};

/**
 * Puts what every container has into a fresh writable layer, as the container's root's own; an image's own mark is
 * shadowed. @throws insufficient-storage
 */
export const markRootfs = (rootfs: Rootfs, owner: Owner | undefined): void => {
  const { upperDirectory: upper, lowerDirectories: layers } = rootfs;
  if (upper === undefined) return;
  const fresh = { upper, layers, owner };
  // Few and small files: to wait for a thread of the pool would cost more than to make them here.
  try {
    makeFile(fresh, MARK);
    // The directory first: beneath what is none nothing can be looked at.
    const isFree = (path: string): boolean => makeDirectory(fresh, dirname(path)) && !beneath(layers, path);
    for (const path of FILES) if (isFree(path)) makeFile(fresh, path);
    if (!isFree(LINK.path)) return;
    symlinkSync(LINK.target, join(upper, LINK.path));
    if (owner) lchownSync(join(upper, LINK.path), owner.uid, owner.gid);
  } catch (error) {
    throw fileFailure(error);
  }
};

/** How many bytes of a container's layer are not its own changes but what `markRootfs` has put there: links alone have any. */
export const markedBytes = ({ upperDirectory: upper }: Rootfs): number => {
  if (upper === undefined) return 0;
  const place = join(upper, LINK.path);
  const isOurs = look(place)?.isSymbolicLink() === true && readlinkSync(place) === LINK.target;
  return isOurs ? LINK.target.length : 0;
};
