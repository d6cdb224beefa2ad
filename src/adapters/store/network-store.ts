// SPDX-License-Identifier: Apache-2.0
import type { DatabaseSync } from 'node:sqlite';
import type { Log } from '../../base/log.ts';
import { openDatabase } from './database.ts';

/** One record: its id and its document, a JSON value. */
export interface StoredRecord {
  readonly id: string;
  readonly document: unknown;
}

/** Records of one kind. Those that cannot be read any more are left out of `load`, told of and kept. */
export interface RecordTable {
  load(): readonly StoredRecord[];
  /** Makes the record or replaces it; it outlives the process at once. */
  put(id: string, document: object): void;
  /** One that is gone is no error. */
  delete(id: string): void;
}

/** The networks, the sandboxes of the containers that run, and what is owed to plugins. */
export interface NetworkStore extends Disposable {
  /** A change is on the disk when the call returns. */
  readonly networks: RecordTable;
  /** A power failure may undo the last changes: no sandbox outlives one. */
  readonly sandboxes: RecordTable;
  /** What is owed to plugins: calls that give back what they gave. A change is on the disk when the call returns. */
  readonly debts: RecordTable;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS networks (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS sandboxes (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS debts (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
  PRAGMA user_version = 1;
`;

const parse = (text: unknown): unknown => {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
};

const tableOf = (database: DatabaseSync, name: 'networks' | 'sandboxes' | 'debts', log: Log): RecordTable => {
  const select = database.prepare(`SELECT id, document FROM ${name} ORDER BY rowid`);
  const upsert = database.prepare(
    `INSERT INTO ${name} (id, document) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document`,
  );
  const remove = database.prepare(`DELETE FROM ${name} WHERE id = ?`);
  return {
    load: () =>
      select.all().flatMap((row) => {
        const record = { id: String(row['id']), document: parse(row['document']) };
        if (record.document !== undefined) return [record];
        log.warn('a record could not be read and is left alone', { table: name, id: record.id });
        return [];
      }),
    put: (id, document) => void upsert.run(id, JSON.stringify(document)),
    delete: (id) => void remove.run(id),
  };
};

/** Makes every change of `table` durable by setting the database's own switch around it. */
const durable = (table: RecordTable, database: DatabaseSync): RecordTable => {
  const synced = (change: () => void): void => {
    database.exec('PRAGMA synchronous=FULL');
    try {
      change();
    } finally {
      database.exec('PRAGMA synchronous=NORMAL');
    }
  };
  return {
    load: () => table.load(),
    put: (id, document) => synced(() => table.put(id, document)),
    delete: (id) => synced(() => table.delete(id)),
  };
};

/** Opens or makes the SQLite file at `path`, whose folder must exist. @throws internal when it cannot be made */
export const openNetworkStore = (path: string, log: Log): NetworkStore => {
  const database = openDatabase(path, { durability: 'normal', schema: SCHEMA, log });
  return {
    networks: durable(tableOf(database, 'networks', log), database),
    sandboxes: tableOf(database, 'sandboxes', log),
    debts: durable(tableOf(database, 'debts', log), database),
    [Symbol.dispose]: () => database.close(),
  };
};
