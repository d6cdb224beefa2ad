// SPDX-License-Identifier: Apache-2.0
import { EngineError, type ErrorKind } from '../../base/errors.ts';
import { errnoOf } from '../../sys/errno.ts';
import { errnoText } from '../../sys/errno-text.ts';

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
  const text = errnoText(errno) ?? errno;
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
