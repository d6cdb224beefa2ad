// SPDX-License-Identifier: Apache-2.0
import type { EngineEvent } from './event.ts';

/** How many events wait for a slow reader; beyond, the oldest are dropped. */
const QUEUE_LIMIT = 100;

/** One reader's place in the live stream: a bounded queue that drops its oldest and that nobody waits for. */
export class Follower {
  readonly #wants: (event: EngineEvent) => boolean;
  readonly #queue: EngineEvent[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(wants: (event: EngineEvent) => boolean) {
    this.#wants = wants;
  }

  offer(event: EngineEvent): void {
    if (this.#ended || !this.#wants(event)) return;
    if (this.#queue.length >= QUEUE_LIMIT) this.#queue.shift();
    this.#queue.push(event);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** The next event; `undefined` when the stream has ended and nothing waits. */
  async next(): Promise<EngineEvent | undefined> {
    while (this.#queue.length === 0 && !this.#ended) {
      const woken = Promise.withResolvers<void>();
      this.#wake = woken.resolve;
      await woken.promise;
    }
    return this.#queue.shift();
  }
}
