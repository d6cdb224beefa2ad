// SPDX-License-Identifier: Apache-2.0
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * `path` without links, also of what is not there yet: the kernel's table of mounts knows places by such paths alone. `/var/run`,
 * where the exec root lies unless it is told otherwise, is a link on most hosts.
 */
export const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
};
