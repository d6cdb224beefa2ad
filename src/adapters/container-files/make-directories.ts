// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdirSync } from 'node:fs';
import { posix } from 'node:path';
import { errnoOf } from '../../sys/errno.ts';
import { inside, nameChild, nameDirectory, type OpenFile, self } from './open-file.ts';

/** Makes the directory `path` in the tree below `root`, with those above it; what is there stays as it is. Gives it open. */
export const makeDirectories = (root: number, path: string, mode: number): OpenFile => {
  try {
    return nameDirectory(root, path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || path === '/') throw error;
  }
  using parent = makeDirectories(root, posix.dirname(path), mode);
  const base = posix.basename(path);
  mkdirSync(inside(parent.fd, base), mode);
  const made = nameChild(parent.fd, base);
  chmodSync(self(made.fd), mode);
  return made;
};
