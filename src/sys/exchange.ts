// SPDX-License-Identifier: Apache-2.0
import { checked } from './errno.ts';
import { declare } from './libc.ts';

/** `<fcntl.h>`: relative paths start at the working directory. */
const AT_FDCWD = -100;
/** `<linux/fs.h>`: both names must exist, and each has the other's file afterwards. */
const RENAME_EXCHANGE = 2;

const renameat2 = declare<
  (fromFolder: number, from: string, toFolder: number, to: string, flags: number) => number
>('int renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned int flags)');

/**
 * Exchanges what two names on one file system stand for, in one step: nobody ever sees only one of them, nor does a crash leave so.
 * @throws not-found when one of them is not there; invalid-argument (EINVAL) where the file system can't
 */
export const exchangeNames = (one: string, other: string): void => {
  checked(renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE), 'renameat2', one);
};
