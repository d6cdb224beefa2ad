// SPDX-License-Identifier: Apache-2.0
import koffi from 'koffi';
import { checked, errnoOf } from './errno.ts';
import { declare } from './libc.ts';

/** The longest value and the longest list of names that the kernel keeps (`XATTR_SIZE_MAX`, `<linux/limits.h>`). */
const LONGEST = 65_536;
/** A first guess that fits nearly always: capabilities take 20 bytes, access lists a few hundred. */
const USUAL = 1024;

const lgetxattr = declare<(path: string, name: string, value: Uint8Array, size: number) => number>(
  'intptr_t lgetxattr(const char *path, const char *name, void *value, size_t size)',
);
const llistxattr = declare<(path: string, list: Uint8Array, size: number) => number>(
  'intptr_t llistxattr(const char *path, void *list, size_t size)',
);
const lsetxattr = declare<
  (path: string, name: string, value: Uint8Array, size: number, flags: number) => number
>('int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags)');
const lremovexattr = declare<(path: string, name: string) => number>(
  'int lremovexattr(const char *path, const char *name)',
);

const ERANGE = 34;

/** Runs `read` with a small buffer, and with the largest one when that was too small. */
const readGrowing = (read: (into: Buffer) => number, syscall: string, path: string): Buffer => {
  const small = Buffer.allocUnsafe(USUAL);
  const length = read(small);
  if (length >= 0) return small.subarray(0, length);
  if (koffi.errno() !== ERANGE) checked(length, syscall, path);
  const large = Buffer.allocUnsafe(LONGEST);
  return large.subarray(0, checked(read(large), syscall, path));
};

/** The value of `path`'s extended attribute `name`, a symbolic link's own; `undefined` when there is none. */
export const getXattr = (path: string, name: string): Buffer | undefined => {
  try {
    return readGrowing((into) => lgetxattr(path, name, into, into.length), 'lgetxattr', path);
  } catch (error) {
    if (errnoOf(error) === 'ENODATA' || errnoOf(error) === 'EOPNOTSUPP') return undefined;
    throw error;
  }
};

/** The names of `path`'s extended attributes, a symbolic link's own, as the kernel orders them; none where the file system has none. */
export const listXattrs = (path: string): readonly string[] => {
  try {
    const names = readGrowing((into) => llistxattr(path, into, into.length), 'llistxattr', path);
    return names.toString('utf8').split('\0').filter(Boolean);
  } catch (error) {
    if (errnoOf(error) === 'EOPNOTSUPP') return [];
    throw error;
  }
};

/** Sets or replaces `path`'s extended attribute `name`, a symbolic link's own. @throws not-implemented (EOPNOTSUPP) where the file system has none */
export const setXattr = (path: string, name: string, value: Uint8Array): void => {
  checked(lsetxattr(path, name, value, value.length, 0), 'lsetxattr', path);
};

/** Removes `path`'s extended attribute `name`. @throws internal (ENODATA) when there is none */
export const removeXattr = (path: string, name: string): void => {
  checked(lremovexattr(path, name), 'lremovexattr', path);
};
