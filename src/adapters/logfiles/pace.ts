// SPDX-License-Identifier: Apache-2.0

/** A write to the page cache takes some 10 µs: one of this many milliseconds has waited for the disk. */
const SLOW = 50;

/** How long (ms) a disk counts as slow after it was. */
const MEMORY = 10_000;

/** Remembers whether a disk has held up a write lately. Times are milliseconds of one clock. */
export class Pace {
  #slowUntil = 0;

  isQuick(now: number): boolean {
    return now >= this.#slowUntil;
  }

  /** Takes note of a write. */
  note(start: number, end: number): void {
    if (end - start >= SLOW) this.#slowUntil = end + MEMORY;
  }
}
