// SPDX-License-Identifier: Apache-2.0
import { readlinkSync } from 'node:fs';
import { EngineError } from '../../base/errors.ts';
import { errnoOf } from '../../sys/errno.ts';
import { fileError } from './file-error.ts';
import { inside, nameDirectory } from './open-file.ts';

/** As many links as Docker follows before it takes them for a circle. */
const MOST_LINKS = 255;

const segments = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/** Where the link `name` in `directory` leads; `undefined` for what is no link. */
const targetOf = (root: number, directory: string, name: string): string | undefined => {
  using parent = nameDirectory(root, directory);
  try {
    return readlinkSync(inside(parent.fd, name));
  } catch (error) {
    if (errnoOf(error) === 'EINVAL') return undefined;
    throw error;
  }
};

/** `path` of the tree below the open directory `root`, absolute and clean, with every link on it followed inside that tree. */
export const followLinks = (root: number, path: string, missing: 'kept' | 'refused'): string => {
  const way: string[] = [];
  const left = segments(path);
  let links = 0;
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    if (name === '..') {
      way.pop();
      continue;
    }
    let target: string | undefined;
    try {
      target = targetOf(root, `/${way.join('/')}`, name);
    } catch (error) {
      const isMissing = errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR';
      if (missing === 'refused' || !isMissing)
        throw fileError('lstat', `/${[...way, name].join('/')}`, error);
    }
    if (target === undefined) {
      way.push(name);
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw new EngineError('internal', 'EvalSymlinks: too many links');
    if (target.startsWith('/')) way.length = 0;
    left.unshift(...segments(target));
  }
  return `/${way.join('/')}`;
};
