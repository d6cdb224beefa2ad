// SPDX-License-Identifier: Apache-2.0

/** Ends an inbox: plainly, or with the error that the reader gets. */
type End = { readonly error?: Error };

/** Items that one side pushes and the other awaits, in order. It has one reader. */
export class Inbox<Item> {
  #items: Item[] = [];
  #end: End | undefined;
  #wake: (() => void) | undefined;

  get length(): number {
    return this.#items.length;
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#wake?.();
  }

  /** No more items; what is there is still read. Only the first end counts. */
  end(): void {
    this.#end ??= {};
    this.#wake?.();
  }

  /** As `end`, and then the reader gets `error`. */
  fail(error: Error): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  /** The next item, or `undefined` at the end. @throws what `fail` was given */
  async next(): Promise<Item | undefined> {
    while (this.#items.length === 0) {
      if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return undefined;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = undefined;
    }
    return this.#items.shift();
  }
}
