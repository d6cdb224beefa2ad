// SPDX-License-Identifier: Apache-2.0

/** Lets as many in at a time as `limit` says at the moment, so that a reload of the configuration counts at once. */
export class Slots {
  readonly #limit: () => number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  get isFree(): boolean {
    return this.#taken < Math.max(1, this.#limit());
  }

  /** @throws the signal's reason when `signal` aborts first */
  async take(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    while (!this.isFree) await this.#turn(signal);
    this.#taken += 1;
    return {
      [Symbol.dispose]: () => {
        this.#taken -= 1;
        this.#waiting.shift()?.();
      },
    };
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<void>();
    const leave = (): void => turn.reject(signal.reason as Error);
    this.#waiting.push(turn.resolve);
    signal.addEventListener('abort', leave, { once: true });
    try {
      await turn.promise;
    } finally {
      signal.removeEventListener('abort', leave);
      const place = this.#waiting.indexOf(turn.resolve);
      if (place >= 0) this.#waiting.splice(place, 1);
      // Whoever leaves with a turn in hand passes it on.
      else if (signal.aborted) this.#waiting.shift()?.();
    }
  }
}
