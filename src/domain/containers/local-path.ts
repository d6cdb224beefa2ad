// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';

/** True for a relative path that, by its words alone, stays below where it starts (Go's `filepath.IsLocal`). */
export const isLocalPath = (path: string): boolean => {
  if (path === '' || posix.isAbsolute(path)) return false;
  const clean = posix.normalize(path);
  return clean !== '..' && !clean.startsWith('../');
};
