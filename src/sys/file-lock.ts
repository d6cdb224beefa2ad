// SPDX-License-Identifier: Apache-2.0
import koffi from 'koffi';
import { checked } from './errno.ts';
import { declare } from './libc.ts';

/** `<sys/file.h>`. */
const LOCK_EX = 2;
const LOCK_NB = 4;
const EAGAIN = 11;

const flock = declare<(fd: number, operation: number) => number>('int flock(int fd, int operation)');

/**
 * Takes the exclusive lock of the open file `fd` if it is free; false when another open file of it holds the lock. The
 * lock is let go of when `fd` is closed, so a process that is killed leaves none behind.
 */
export const tryLockFile = (fd: number): boolean => {
  const result = flock(fd, LOCK_EX | LOCK_NB);
  if (result < 0 && koffi.errno() === EAGAIN) return false;
  checked(result, 'flock');
  return true;
};
