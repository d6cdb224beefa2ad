// SPDX-License-Identifier: Apache-2.0
import { checked } from './errno.ts';
import { declare } from './libc.ts';

/** The number of openat2 on every architecture (`<asm-generic/unistd.h>`). */
const SYS_OPENAT2 = 437;
/** `<linux/openat2.h>`: absolute paths and symbolic links are read as if the folder were the root. */
const RESOLVE_IN_ROOT = 0x10;
/** `<linux/openat2.h>`: /proc/PID/fd and its kind are not followed. */
const RESOLVE_NO_MAGICLINKS = 0x02;
const O_CLOEXEC = 0o2000000;
/** Not to be had from `fs.constants`: names a file without opening it (`<asm-generic/fcntl.h>`). */
export const O_PATH = 0o10000000;

const syscall = declare<
  (number: number, folder: number, path: string, how: Uint8Array, size: number) => number
>('long syscall(long number, int folder, const char *path, const void *how, size_t size)');

/**
 * Opens `path` as a process whose root is the folder `root` (an open file) would: no symbolic link or `..` leads out of
 * it. `flags` are those of open(2) in `fs.constants`, `mode` the permission bits of a file it creates. The result is an
 * open file, closed on exec. Layout: `struct open_how` of `<linux/openat2.h>`, three unsigned 64-bit numbers.
 * @throws not-found, conflict, forbidden … by errno
 */
export const openInRoot = (root: number, path: string, flags: number, mode = 0): number => {
  const how = Buffer.alloc(24);
  how.writeBigUInt64LE(BigInt(flags | O_CLOEXEC), 0);
  how.writeBigUInt64LE(BigInt(mode), 8);
  how.writeBigUInt64LE(BigInt(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS), 16);
  return checked(Number(syscall(SYS_OPENAT2, root, path, how, how.length)), 'openat2', path);
};
