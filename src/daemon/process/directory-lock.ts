// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { disposable } from '../../base/disposal.ts';
import { EngineError } from '../../base/errors.ts';
import { tryLockFile } from '../../sys/file-lock.ts';

const NAME = 'berth.lock';

/**
 * Takes a directory for this process alone, until disposed of or until the process ends in whatever way.
 * @throws conflict when a running daemon has it; `what` names the directory's part for the message
 */
export const lockDirectory = (path: string, what: string): Disposable => {
  const file = join(path, NAME);
  const fd = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
  if (!tryLockFile(fd)) {
    closeSync(fd);
    const holder = readFileSync(file, 'utf8').trim();
    throw new EngineError('conflict', `${what} ${path} is in use by a running daemon (process ${holder})`);
  }
  ftruncateSync(fd);
  writeSync(fd, `${process.pid}\n`);
  return disposable(() => closeSync(fd));
};
