// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';

/** Shares of the process's open files: the rest is the engine's own. */
const SHARE_OF_PORTS = 0.6;
const SHARE_OF_ALL = 0.85;
/** What Linux gives where it does not tell. */
const USUAL_LIMIT = 1024;

/** How many files the process may have open (`RLIMIT_NOFILE`). */
export const openFileLimit = (): number => {
  const text = readFileSync('/proc/self/limits', 'utf8');
  const limit = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return limit === undefined ? USUAL_LIMIT : Number(limit);
};

/**
 * How many files ports and what goes through them may have open: without it many of them would leave the engine none
 * for its own work. What does not get any waits.
 */
export class FileBudget {
  readonly #limit: number;
  #ports = 0;
  #traffic = 0;
  readonly #waiting = new Set<() => void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Files of held ports: all of `count`, or false. */
  takePorts(count: number): boolean {
    if (this.#ports + count > this.#limit * SHARE_OF_PORTS) return false;
    this.#ports += count;
    return true;
  }

  givePorts(count: number): void {
    this.#ports -= count;
    this.#wake();
  }

  /** Files of connections and of clients: all of `count`, or false. */
  takeTraffic(count: number): boolean {
    if (this.#ports + this.#traffic + count > this.#limit * SHARE_OF_ALL) return false;
    this.#traffic += count;
    return true;
  }

  giveTraffic(count: number): void {
    this.#traffic -= count;
    this.#wake();
  }

  /** Calls `again` once when files have become free. */
  whenFree(again: () => void): void {
    this.#waiting.add(again);
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const again of waiting) again();
  }
}
