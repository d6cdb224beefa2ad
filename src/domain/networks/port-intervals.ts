// SPDX-License-Identifier: Apache-2.0

type Interval = readonly [first: number, last: number];

/** Numbers, kept as intervals: thousands that follow each other are one. */
export class PortIntervals {
  /** In order, with at least one number between two of them. */
  #intervals: readonly Interval[] = [];

  get isEmpty(): boolean {
    return this.#intervals.length === 0;
  }

  /** Those of the numbers from `first` to `last` that are here. */
  within(first: number, last: number): readonly Interval[] {
    const found: Interval[] = [];
    for (let index = this.#indexFrom(first); index < this.#intervals.length; index += 1) {
      const [from = 0, to = 0] = this.#intervals[index] ?? [];
      if (from > last) break;
      found.push([Math.max(from, first), Math.min(to, last)]);
    }
    return found;
  }

  add(first: number, last: number): void {
    // Neighbours become one.
    const start = this.#indexFrom(first - 1);
    const touched = this.#touching(start, last + 1);
    const [from = first] = touched[0] ?? [];
    const [, to = last] = touched.at(-1) ?? [];
    this.#replace(start, touched.length, [[Math.min(first, from), Math.max(last, to)]]);
  }

  remove(first: number, last: number): void {
    const start = this.#indexFrom(first);
    const touched = this.#touching(start, last);
    const rests = touched.flatMap(([from, to]): readonly Interval[] => [
      ...(from < first ? [[from, first - 1] as const] : []),
      ...(to > last ? [[last + 1, to] as const] : []),
    ]);
    this.#replace(start, touched.length, rests);
  }

  /** Those from index `start` on that begin at `last` or before it. */
  #touching(start: number, last: number): readonly Interval[] {
    return this.#intervals.slice(start, this.#indexFrom(last + 1) + 1).filter(([from]) => from <= last);
  }

  #replace(start: number, count: number, intervals: readonly Interval[]): void {
    this.#intervals = this.#intervals.toSpliced(start, count, ...intervals);
  }

  /** Index of the first interval that ends at `number` or behind it. */
  #indexFrom(number: number): number {
    let low = 0;
    let high = this.#intervals.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const [, to = 0] = this.#intervals[middle] ?? [];
      if (to < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
