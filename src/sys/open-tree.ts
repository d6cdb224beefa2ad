// SPDX-License-Identifier: Apache-2.0
import { checked } from './errno.ts';
import { declare } from './libc.ts';

/** The number of open_tree on every architecture (`<asm-generic/unistd.h>`), Linux 5.2. */
const SYS_OPEN_TREE = 428;
/** `<fcntl.h>`: relative paths start at the working directory. */
const AT_FDCWD = -100;
/** `<linux/mount.h>`: the result is a copy of the mounts that stands in no tree. */
const OPEN_TREE_CLONE = 1;
const O_CLOEXEC = 0o2000000;
/** `<linux/fcntl.h>`: with all mounts below. */
const AT_RECURSIVE = 0x8000;

const syscall = declare<(number: number, folder: number, path: string, flags: number) => number>(
  'long syscall(long number, int folder, const char *path, unsigned int flags)',
);

/**
 * A copy of the mounts at and below `path`, attached nowhere: an open directory (as by O_PATH) that is its only holder.
 * When that is closed, or its process dies, the copy is gone.
 * @throws not-implemented on kernels before 5.2, forbidden without CAP_SYS_ADMIN
 */
export const cloneMountTree = (path: string): number => {
  const flags = OPEN_TREE_CLONE | O_CLOEXEC | AT_RECURSIVE;
  return checked(Number(syscall(SYS_OPEN_TREE, AT_FDCWD, path, flags)), 'open_tree', path);
};
