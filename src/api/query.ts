// SPDX-License-Identifier: Apache-2.0
import { type Filters, parseFilters } from '../spec/filters.ts';
import { atoi } from '../spec/integers.ts';

/** What Docker reads as false, whatever else it may be spelled like. */
const FALSE: ReadonlySet<string> = new Set(['', '0', 'no', 'false', 'none']);

/** A request's parameters, from the query and, with a form body, from that, which comes first. */
export class Query {
  readonly #values: URLSearchParams;

  constructor(search: string) {
    this.#values = new URLSearchParams(search);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The first value; empty when absent. */
  text(name: string): string {
    return this.#values.get(name) ?? '';
  }

  /** The first value; `undefined` when absent or empty. */
  optional(name: string): string | undefined {
    return this.#values.get(name) || undefined;
  }

  texts(name: string): readonly string[] {
    return this.#values.getAll(name);
  }

  /** Docker's rule: empty, `0`, `no`, `false` and `none` are false, anything else is true. */
  bool(name: string, whenAbsent = false): boolean {
    const value = this.#values.get(name);
    return value === null ? whenAbsent : !FALSE.has(value.trim().toLowerCase());
  }

  /** `undefined` when absent or empty. @throws internal, in Go's words, when it is no whole number */
  integer(name: string): number | undefined {
    const value = this.optional(name);
    return value === undefined ? undefined : atoi(value);
  }

  /** @throws invalid-argument */
  filters(): Filters {
    return parseFilters(this.text('filters'));
  }
}
