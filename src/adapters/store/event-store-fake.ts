// SPDX-License-Identifier: Apache-2.0
import type { EventStore, StoredEvent } from './event-store.ts';

/** Keeps events in memory, all of them: for unit tests. */
export const createFakeEventStore = (events: StoredEvent[] = []): EventStore => ({
  append: (added) => {
    events.push(...added);
  },
  read: (after, to, limit) => events.filter((event) => event.at > after && event.at <= to).slice(0, limit),
  get newest() {
    return events.at(-1)?.at ?? 0n;
  },
  [Symbol.dispose]: () => undefined,
});
