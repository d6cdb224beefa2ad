// SPDX-License-Identifier: Apache-2.0
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Log } from '../../base/log.ts';
import { openDatabase } from './database.ts';

/** One event as it lies on the disk. */
export interface StoredEvent {
  readonly type: string;
  readonly action: string;
  readonly actor: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Nanoseconds since 1970; grows from event to event. */
  readonly at: bigint;
}

/** The events that are kept, in the order in which they were published. */
export interface EventStore extends Disposable {
  /** Adds `events` as one transaction, and forgets the oldest beyond the limit. */
  append(events: readonly StoredEvent[]): void;
  /** At most `limit` events after `after` (exclusive) up to `to` (inclusive), oldest first. */
  read(after: bigint, to: bigint, limit: number): readonly StoredEvent[];
  /** The time of the newest event; 0 when there is none. */
  readonly newest: bigint;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    at INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    action TEXT NOT NULL,
    actor TEXT NOT NULL,
    attributes TEXT NOT NULL
  ) STRICT;
  PRAGMA user_version = 1;
`;

/** The oldest are deleted in steps of this part of the limit, so that not every append pays for it. */
const TRIM_PART = 20;

/** Events in a SQLite file: they outlive the process at once, a power failure within moments. */
class SqliteEventStore implements EventStore {
  readonly #database: DatabaseSync;
  readonly #keep: number;
  readonly #insert: StatementSync;
  readonly #read: StatementSync;
  #count: number;

  constructor(database: DatabaseSync, keep: number) {
    this.#database = database;
    this.#keep = keep;
    this.#insert = database.prepare(
      'INSERT OR IGNORE INTO events (at, type, action, actor, attributes) VALUES (?, ?, ?, ?, ?)',
    );
    this.#read = database.prepare('SELECT * FROM events WHERE at > ? AND at <= ? ORDER BY at LIMIT ?');
    this.#read.setReadBigInts(true);
    this.#count = Number(database.prepare('SELECT count(*) AS n FROM events').get()?.['n'] ?? 0);
  }

  get newest(): bigint {
    const statement = this.#database.prepare('SELECT max(at) AS at FROM events');
    statement.setReadBigInts(true);
    const at = statement.get()?.['at'];
    return typeof at === 'bigint' ? at : 0n;
  }

  append(events: readonly StoredEvent[]): void {
    this.#database.exec('BEGIN');
    try {
      for (const { at, type, action, actor, attributes } of events)
        this.#insert.run(at, type, action, actor, JSON.stringify(attributes));
      this.#trim(events.length);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  read(after: bigint, to: bigint, limit: number): readonly StoredEvent[] {
    return this.#read.all(after, to, limit).map((row) => ({
      at: row['at'] as bigint,
      type: row['type'] as string,
      action: row['action'] as string,
      actor: row['actor'] as string,
      attributes: JSON.parse(row['attributes'] as string) as Readonly<Record<string, string>>,
    }));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #trim(added: number): void {
    this.#count += added;
    if (this.#count <= this.#keep + this.#keep / TRIM_PART) return;
    const surplus = this.#count - this.#keep;
    this.#database
      .prepare('DELETE FROM events WHERE at IN (SELECT at FROM events ORDER BY at LIMIT ?)')
      .run(surplus);
    this.#count = this.#keep;
  }
}

/** Opens the event store at `path`, which keeps the last `keep` events. */
export const openEventStore = (
  path: string,
  options: { readonly keep: number; readonly log: Log },
): EventStore =>
  new SqliteEventStore(
    openDatabase(path, { durability: 'normal', schema: SCHEMA, log: options.log }),
    options.keep,
  );
