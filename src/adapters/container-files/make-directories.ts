// SPDX-License-Identifier: Apache-2.0
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { posix } from 'node:path';
import { type IdMaps, rootOwner } from '../../spec/id-maps.ts';
import { errnoOf } from '../../sys/errno.ts';
import { inside, nameChild, nameDirectory, type OpenFile, self } from './open-file.ts';

/**
 * Makes the directory `path` in the tree below `root`, with those above it, for the container's root; what is there stays as
 * it is. Gives it open.
 */
export const makeDirectories = (
  root: number,
  path: string,
  mode: number,
  idMaps: IdMaps | undefined,
): OpenFile => {
  try {
    return nameDirectory(root, path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || path === '/') throw error;
  }
  using parent = makeDirectories(root, posix.dirname(path), mode, idMaps);
  const base = posix.basename(path);
  mkdirSync(inside(parent.fd, base), mode);
  const made = nameChild(parent.fd, base);
  if (idMaps) {
    const { uid, gid } = rootOwner(idMaps);
    chownSync(self(made.fd), uid, gid);
  }
  chmodSync(self(made.fd), mode);
  return made;
};
