// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import { EngineError } from '../../base/errors.ts';

/** A path without `.`, double slashes and a final one; `..` only at the beginning of a relative path; `.` for nothing. */
export const clean = (path: string): string => {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
};

/** Whether `path` leads out of `directory`, as it is written: links are not looked at. */
export const isOutside = (directory: string, path: string): boolean => {
  const relative = posix.relative(directory, path);
  return relative === '..' || relative.startsWith('../');
};

/** `"../../e" is outside of "/a"` */
export const refuseOutside = (name: string, directory: string): EngineError =>
  new EngineError('internal', `"${name}" is outside of "${directory}"`);
