// SPDX-License-Identifier: Apache-2.0
import { sleep } from '../../base/async.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { Nanoseconds } from '../../base/time.ts';
import { nextDelay } from './restart-policy.ts';

/** The waits of the restart policies, one a container at most. */
export class RestartScheduler {
  readonly #pending = new Map<ContainerId, AbortController>();
  readonly #delays = new Map<ContainerId, Nanoseconds>();
  readonly #wait: typeof sleep;

  constructor(wait: typeof sleep = sleep) {
    this.#wait = wait;
  }

  /** Calls `start` after the back-off that a run of `ranFor` has earned. */
  schedule(id: ContainerId, ranFor: Nanoseconds, start: () => Promise<void>): void {
    this.cancel(id);
    const delay = nextDelay(this.#delays.get(id), ranFor);
    this.#delays.set(id, delay);
    const pending = new AbortController();
    this.#pending.set(id, pending);
    void this.#run(id, pending, delay, start);
  }

  /** True when a start was due: it will not happen now. */
  cancel(id: ContainerId): boolean {
    const pending = this.#pending.get(id);
    pending?.abort();
    this.#pending.delete(id);
    return pending !== undefined;
  }

  isPending(id: ContainerId): boolean {
    return this.#pending.has(id);
  }

  /** A manual start or the removal: the next wait is the first one again. */
  reset(id: ContainerId): void {
    this.cancel(id);
    this.#delays.delete(id);
  }

  cancelAll(): void {
    for (const id of this.#pending.keys()) this.cancel(id);
  }

  async #run(
    id: ContainerId,
    pending: AbortController,
    delay: Nanoseconds,
    start: () => Promise<void>,
  ): Promise<void> {
    try {
      await this.#wait(delay, pending.signal);
    } catch {
      return;
    }
    if (this.#pending.get(id) === pending) this.#pending.delete(id);
    await start();
  }
}
