// SPDX-License-Identifier: Apache-2.0
import type { EventStore } from '../../adapters/store/index.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { now, type Timestamp, toMilliseconds, since } from '../../base/time.ts';
import type { EngineEvent, EventType, NewEvent } from './event.ts';
import type { EventQuery, Events } from './events.ts';
import { eventMatches } from './filter.ts';
import { Follower } from './follower.ts';

/** How long (ms) events gather before they are written together: what a killed daemon may lose of the log. */
const GATHER = 20;
/** How many past events are read from the store at a time. */
const PAGE = 500;
/** The longest delay (ms) that a timer of the platform takes. */
const LONGEST_TIMER = 2 ** 31 - 1;

export interface EventLogDeps {
  readonly store: EventStore;
  readonly log: Log;
}

/** The event log as its builder holds it: disposing writes what is not written yet and ends all followers. */
export interface EventLog extends Events, Disposable {}

/** Publishes at once, writes a little later and in batches, replays from the store. */
class DurableEventLog implements EventLog {
  readonly #deps: EventLogDeps;
  readonly #followers = new Set<Follower>();
  #unwritten: EngineEvent[] = [];
  #writing: NodeJS.Timeout | undefined;
  #newest: bigint;

  constructor(deps: EventLogDeps) {
    this.#deps = deps;
    this.#newest = deps.store.newest;
  }

  get listeners(): number {
    return this.#followers.size;
  }

  publish(event: NewEvent): void {
    const published = { ...event, at: this.#nextTime() };
    this.#unwritten.push(published);
    this.#writing ??= setTimeout(() => this.#write(), GATHER);
    for (const follower of this.#followers) follower.offer(published);
  }

  follow(query: EventQuery, signal: AbortSignal): AsyncIterable<EngineEvent> {
    const follower = new Follower((event) => eventMatches(event, query.filters));
    const joined = this.#newest;
    this.#followers.add(follower);
    const leave = (): void => {
      follower.end();
      this.#followers.delete(follower);
    };
    signal.addEventListener('abort', leave, { once: true });
    const timer = endAt(query.until, leave);
    if (signal.aborted) leave();
    return this.#stream(query, follower, joined, () => {
      timer?.[Symbol.dispose]();
      signal.removeEventListener('abort', leave);
      leave();
    });
  }

  [Symbol.dispose](): void {
    this.#write();
    for (const follower of this.#followers) follower.end();
    this.#followers.clear();
    this.#deps.store[Symbol.dispose]();
  }

  async *#stream(
    query: EventQuery,
    follower: Follower,
    joined: bigint,
    leave: () => void,
  ): AsyncGenerator<EngineEvent> {
    try {
      if (query.since !== undefined || query.until !== undefined) yield* this.#replay(query, joined);
      for (let event = await follower.next(); event; event = await follower.next()) {
        if (query.until !== undefined && event.at > query.until) return;
        yield event;
      }
    } finally {
      leave();
    }
  }

  *#replay(query: EventQuery, joined: bigint): Generator<EngineEvent> {
    this.#write();
    const to = query.until !== undefined && query.until < joined ? query.until : joined;
    let after = (query.since ?? 0n) - 1n;
    for (;;) {
      const page = this.#deps.store.read(after, to, PAGE);
      const last = page.at(-1);
      if (!last) return;
      after = last.at;
      for (const stored of page) {
        const event = { ...stored, type: stored.type as EventType, at: stored.at as Timestamp };
        if (eventMatches(event, query.filters)) yield event;
      }
    }
  }

  /** Later than every event before, even when the clock was set back: times are the keys of the log. */
  #nextTime(): Timestamp {
    const time = now();
    this.#newest = time > this.#newest ? time : this.#newest + 1n;
    return this.#newest as Timestamp;
  }

  #write(): void {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    const batch = this.#unwritten;
    if (batch.length === 0) return;
    this.#unwritten = [];
    try {
      this.#deps.store.append(batch);
    } catch (error) {
      this.#deps.log.error('events could not be written', { count: batch.length, error: messageOf(error) });
    }
  }
}

/** Calls `end` at the moment `until`; at once when it is past. `undefined` when there is no such moment. */
const endAt = (until: Timestamp | undefined, end: () => void): Disposable | undefined => {
  if (until === undefined) return undefined;
  const left = toMilliseconds(since(now(), until));
  if (left <= 0) {
    end();
    return undefined;
  }
  const timer = setTimeout(end, Math.min(Math.ceil(left), LONGEST_TIMER));
  return { [Symbol.dispose]: () => clearTimeout(timer) };
};

/** The durable event log over `deps.store`. */
export const createEvents = (deps: EventLogDeps): EventLog => new DurableEventLog(deps);
