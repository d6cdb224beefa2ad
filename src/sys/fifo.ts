// SPDX-License-Identifier: Apache-2.0
import { checked } from './errno.ts';
import { declare } from './libc.ts';

const mkfifo = declare<(path: string, mode: number) => number>('int mkfifo(const char *path, uint32_t mode)');

/**
 * Makes a named pipe at `path` with permission bits `mode` (less the umask).
 * @throws conflict when something is there already (EEXIST); not-found when the folder is missing
 */
export const makeFifo = (path: string, mode: number): void => {
  checked(mkfifo(path, mode), 'mkfifo', path);
};
