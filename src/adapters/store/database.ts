// SPDX-License-Identifier: Apache-2.0
import { renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';

/** `full`: a commit is on the disk when it returns. `normal`: it outlives the process, and a power failure perhaps not. */
export type Durability = 'full' | 'normal';

/** How long (ms) a statement waits for another process that reads the file. */
const BUSY_TIMEOUT = 5000;

const open = (path: string, durability: Durability, schema: string): DatabaseSync => {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  try {
    database.exec('PRAGMA journal_mode=WAL');
    database.exec(`PRAGMA synchronous=${durability === 'full' ? 'FULL' : 'NORMAL'}`);
    database.exec(schema);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/**
 * Opens the SQLite file at `path` in WAL mode and makes the tables of `schema`. A file that is no database any more is
 * put aside as `<path>.corrupt-<time>` and told of, never deleted.
 * @throws internal when a new one cannot be made either
 */
export const openDatabase = (
  path: string,
  options: { readonly durability: Durability; readonly schema: string; readonly log: Log },
): DatabaseSync => {
  try {
    return open(path, options.durability, options.schema);
  } catch (error) {
    options.log.error('the database is corrupt and was put aside', { path, error: messageOf(error) });
  }
  try {
    for (const suffix of ['', '-wal', '-shm']) putAside(path + suffix);
    return open(path, options.durability, options.schema);
  } catch (cause) {
    throw new EngineError('internal', `cannot open the database ${path}: ${messageOf(cause)}`, { cause });
  }
};

const putAside = (path: string): void => {
  try {
    renameSync(path, `${path}.corrupt-${Date.now()}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};
