// SPDX-License-Identifier: Apache-2.0
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { lockDirectory } from './directory-lock.ts';

/** Makes the directory of run-time state, root's alone, and takes it for this daemon. @throws conflict when a running one has it */
export const claimExecRoot = (path: string): Disposable => {
  const fresh = !existsSync(path);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (fresh) chmodSync(path, 0o700);
  return lockDirectory(path, 'exec root');
};
