// SPDX-License-Identifier: Apache-2.0
import { setTimeout as timer } from 'node:timers/promises';
import { type Nanoseconds, toMilliseconds } from './time.ts';

/** The longest delay a timer of the platform takes (ms); longer ones would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Waits `span`. @throws the signal's reason when `signal` aborts first. */
export const sleep = async (span: Nanoseconds, signal: AbortSignal): Promise<void> => {
  let left = toMilliseconds(span);
  while (left > 0) {
    const step = Math.min(left, LONGEST_TIMER);
    await timer(step, undefined, { signal });
    left -= step;
  }
};

/** The value of `promise`, or `undefined` when `span` runs out first. A negative span waits for ever. */
export const within = async <Value>(
  promise: Promise<Value>,
  span: Nanoseconds,
): Promise<Value | undefined> => {
  if (span < 0n) return promise;
  const gaveUp = new AbortController();
  try {
    return await Promise.race([
      promise,
      sleep(span, gaveUp.signal).then(
        () => undefined,
        () => undefined,
      ),
    ]);
  } finally {
    gaveUp.abort();
  }
};

/** The value of `promise`; rejects with the signal's reason when `signal` aborts first (`promise` itself goes on). */
export const abortable = async <Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> => {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

/**
 * All values, like `Promise.all`; but a failure is thrown only when every one of `promises` has come to its end, so that
 * nothing goes on behind the back of whoever cleans up.
 */
export const together = async <const Values extends readonly unknown[]>(promises: {
  readonly [Index in keyof Values]: Promise<Values[Index]>;
}): Promise<Values> => {
  await Promise.allSettled(promises);
  return Promise.all(promises) as Promise<unknown> as Promise<Values>;
};

/** Lets `limit` holders in at a time; the others wait in line. */
export class Semaphore {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(limit: number) {
    this.#free = limit;
  }

  /** @throws the signal's reason when `signal` aborts before a place is free. */
  async acquire(signal?: AbortSignal): Promise<Disposable> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(signal);
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) this.#release();
        held = false;
      },
    };
  }

  async #wait(signal?: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn.resolve);
    const leave = (): void => {
      const index = this.#waiting.indexOf(turn.resolve);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      turn.reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', leave, { once: true });
    try {
      await turn.promise;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}

/** Locks by key, first come first served: `using lock = await mutex.lock(id)`. */
export class KeyedMutex<Key> {
  readonly #tails = new Map<Key, Promise<void>>();

  async lock(key: Key): Promise<Disposable> {
    const before = this.#tails.get(key);
    const held = Promise.withResolvers<void>();
    const tail = held.promise;
    this.#tails.set(key, tail);
    if (before) await before;
    return {
      [Symbol.dispose]: () => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
        held.resolve();
      },
    };
  }

  /** True while somebody holds or waits for `key`. */
  isLocked(key: Key): boolean {
    return this.#tails.has(key);
  }
}
