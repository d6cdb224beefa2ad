// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { errnoOf } from '../../sys/errno.ts';
import { fileError } from './file-error.ts';
import { inside, nameChild, self } from './open-file.ts';

const removeFrom = (directory: number, name: string): void => {
  const path = inside(directory, name);
  if (!lstatSync(path).isDirectory()) return unlinkSync(path);
  {
    using child = nameChild(directory, name);
    for (const entry of readdirSync(self(child.fd))) removeFrom(child.fd, entry);
  }
  rmdirSync(path);
};

/**
 * Removes `name` in the open `directory` and all below it. Every step is bound to an open directory: a process that
 * puts a link in a directory's place meanwhile can't lead this elsewhere. `shown` is what errors call it.
 */
export const removeTree = (directory: number, name: string, shown: string): void => {
  try {
    removeFrom(directory, name);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw fileError('unlinkat', shown, error);
  }
};
