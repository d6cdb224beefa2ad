// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import { EngineError, isKind } from '../../base/errors.ts';

/** The error of a path that is not there; others are passed on. Both names are as the client wrote them. */
export const pathError = (error: unknown, path: string, reference: string): unknown =>
  isKind(error, 'not-found')
    ? new EngineError('not-found', `Could not find the file ${path} in container ${reference}`, {
        cause: error,
      })
    : error;

/** The last part of a path as Docker names it: `/` for the root, `.` for what ends in a dot. */
export const baseName = (path: string): string => {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return path === '' ? '.' : '/';
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
};

const isDot = (path: string): boolean => path === '.' || path.endsWith('/.');

/**
 * `path` from the root, cleaned; but a slash or a dot at its end stays, as both ask for what a link leads to, and the
 * dot for a directory's content instead of itself.
 */
export const absolutePath = (path: string): string => keepEnd(posix.join('/', path), path);

/** `cleaned` with the slash or dot at the end of `original`. */
export const keepEnd = (cleaned: string, original: string): string => {
  const bare = cleaned.length > 1 && cleaned.endsWith('/') ? cleaned.slice(0, -1) : cleaned;
  if (isDot(original)) return bare === '/' ? '/.' : `${bare}/.`;
  return original.endsWith('/') && bare !== '/' ? `${bare}/` : bare;
};

/** Name of the topmost entry of an archive of `path`; the root's is empty. */
export const entryName = (path: string): string => {
  const base = baseName(path);
  return base === '/' ? '' : base;
};
