// SPDX-License-Identifier: Apache-2.0

/** The texts of strerror(3) that files and mounts meet, as Go prints them. */
const TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'device or resource busy',
  ECONNREFUSED: 'connection refused',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'file exists',
  EFBIG: 'file too large',
  EHOSTUNREACH: 'no route to host',
  EINVAL: 'invalid argument',
  EIO: 'input/output error',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
  EMLINK: 'too many links',
  ENAMETOOLONG: 'file name too long',
  ENETUNREACH: 'network is unreachable',
  ENODEV: 'no such device',
  ENOENT: 'no such file or directory',
  ENOMEM: 'cannot allocate memory',
  ENOSPC: 'no space left on device',
  ENOTBLK: 'block device required',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  ENOTSUP: 'operation not supported',
  ENXIO: 'no such device or address',
  EOPNOTSUPP: 'operation not supported',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
  ESTALE: 'stale file handle',
  ETIMEDOUT: 'connection timed out',
  ETXTBSY: 'text file busy',
  EXDEV: 'invalid cross-device link',
};

/** What Node calls otherwise than Go does. */
const OPERATIONS: Readonly<Record<string, string>> = { scandir: 'open', copyfile: 'open', rm: 'unlinkat' };

/** An errno's text by its name (`ENOENT`); `undefined` for one that files do not meet. */
export const errnoText = (code: string | undefined): string | undefined =>
  code !== undefined && Object.hasOwn(TEXTS, code) ? TEXTS[code] : undefined;

/** What a file operation of Node's threw, as Go tells it: `mkdir /x: file exists`; `undefined` for anything else. */
export const describeSystemError = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, path, dest } = error as Error & Readonly<Record<string, unknown>>;
  const text = typeof code === 'string' ? errnoText(code) : undefined;
  if (text === undefined || typeof syscall !== 'string') return undefined;
  const places = [path, dest].filter((place) => typeof place === 'string');
  return `${[OPERATIONS[syscall] ?? syscall, ...places].join(' ')}: ${text}`;
};
