// SPDX-License-Identifier: Apache-2.0
import { EngineError, type ErrorKind } from '../../base/errors.ts';
import { errnoOf } from '../../sys/errno.ts';

/** The texts of strerror(3), as Go prints them. */
const TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'device or resource busy',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'file exists',
  EFBIG: 'file too large',
  EINVAL: 'invalid argument',
  EIO: 'input/output error',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  EMLINK: 'too many links',
  ENAMETOOLONG: 'file name too long',
  ENODEV: 'no such device',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  ENOTSUP: 'operation not supported',
  EOPNOTSUPP: 'operation not supported',
  ENXIO: 'no such device or address',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
  ETXTBSY: 'text file busy',
  EXDEV: 'invalid cross-device link',
};

/** What a client must be able to tell; the rest is `internal`, as it is to Docker. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  ENOENT: 'not-found',
  ENOSPC: 'insufficient-storage',
  EDQUOT: 'insufficient-storage',
};

/** The error of an operation on a container's file, in Go's words: `lstat /a: not a directory`. */
export const fileError = (operation: string, path: string, cause: unknown): unknown => {
  const errno = errnoOf(cause);
  if (errno === undefined) return cause;
  const text = TEXTS[errno] ?? errno;
  return new EngineError(KINDS[errno] ?? 'internal', `${operation} ${path}: ${text}`, { cause });
};

/** Runs `work`; a failure of the kernel is told as one of `operation` on `path`. */
export const tried = <Result>(operation: string, path: string, work: () => Result): Result => {
  try {
    return work();
  } catch (error) {
    throw fileError(operation, path, error);
  }
};

/** How the kernel answers for a file that has gone, or has become one of another kind, since it was looked at. */
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL']);

/** What `work` gives; `undefined` when the file it is about has been exchanged meanwhile. */
export const unlessGone = <Result>(work: () => Result): Result | undefined => {
  try {
    return work();
  } catch (error) {
    if (GONE.has(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
};
