// SPDX-License-Identifier: Apache-2.0

/**
 * The items of batches, one by one. A generator would cost some promises for each line of a large log; here a line of a
 * batch that is there costs one.
 */
export const flatten = <Item>(batches: AsyncGenerator<readonly Item[]>): AsyncIterable<Item> => ({
  [Symbol.asyncIterator]: (): AsyncIterator<Item> => {
    let batch: readonly Item[] = [];
    let at = 0;
    const refill = async (): Promise<IteratorResult<Item>> => {
      for (;;) {
        const next = await batches.next();
        if (next.done) return { done: true, value: undefined };
        if (next.value.length === 0) continue;
        batch = next.value;
        at = 1;
        return { done: false, value: batch[0] as Item };
      }
    };
    return {
      next: () => {
        if (at >= batch.length) return refill();
        at += 1;
        return Promise.resolve({ done: false, value: batch[at - 1] as Item });
      },
      return: async () => {
        await batches.return(undefined);
        return { done: true, value: undefined };
      },
    };
  },
});
