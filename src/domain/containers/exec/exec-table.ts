// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { ContainerId, ExecId } from '../../../base/ids.ts';
import { now, seconds, since } from '../../../base/time.ts';
import type { ExecRecord } from './exec-record.ts';

/** How long an ended exec can be asked about: dockerd sweeps every five minutes and forgets at the second sweep. */
const MEMORY = seconds(600);
/** From then on it is said to be removable. */
const FRESH = seconds(300);

const isOlder = ({ state }: ExecRecord, age: bigint): boolean =>
  state.status === 'ended' && since(state.at, now()) > age;

export const isRemovable = (record: ExecRecord): boolean => isOlder(record, FRESH);

/** All execs, by their ids. */
export class ExecTable {
  readonly #byId = new Map<string, ExecRecord>();

  /** Adds one, and forgets those that ended long ago: health checks make many. */
  add(record: ExecRecord): void {
    for (const old of this.#byId.values()) if (isOlder(old, MEMORY)) this.#byId.delete(old.id);
    this.#byId.set(record.id, record);
  }

  /** @throws not-found */
  get(id: string): ExecRecord {
    const record = this.#byId.get(id);
    if (record) return record;
    throw new EngineError('not-found', `No such exec instance: ${id}`);
  }

  find(id: string): ExecRecord | undefined {
    return this.#byId.get(id);
  }

  of(container: ContainerId): readonly ExecRecord[] {
    return [...this.#byId.values()].filter((record) => record.container === container);
  }

  forget(id: ExecId): void {
    this.#byId.delete(id);
  }
}
