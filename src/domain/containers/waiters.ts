// SPDX-License-Identifier: Apache-2.0
import { within } from '../../base/async.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { Nanoseconds } from '../../base/time.ts';
import type { WaitCondition } from './containers.ts';

export interface WaitResult {
  readonly exitCode: number;
  readonly error?: string;
}

interface Waiter {
  readonly condition: WaitCondition;
  readonly settle: (result: WaitResult) => void;
}

/** Who waits for which container's end. Registering is synchronous, so that nothing that follows can be missed. */
export class Waiters {
  readonly #byContainer = new Map<ContainerId, Set<Waiter>>();

  /** The result once `condition` holds. `signal` ends the waiting: the promise then rejects with its reason. */
  register(id: ContainerId, condition: WaitCondition, signal: AbortSignal): Promise<WaitResult> {
    const { promise, resolve, reject } = Promise.withResolvers<WaitResult>();
    const waiter: Waiter = {
      condition,
      settle: (result) => {
        signal.removeEventListener('abort', leave);
        resolve(result);
      },
    };
    const leave = (): void => {
      this.#byContainer.get(id)?.delete(waiter);
      reject(signal.reason as Error);
    };
    if (signal.aborted) leave();
    else {
      signal.addEventListener('abort', leave, { once: true });
      this.#of(id).add(waiter);
    }
    return promise;
  }

  /** The next exit's result, or `undefined` when `patience` runs out first; negative waits for ever. */
  async exitWithin(id: ContainerId, patience: Nanoseconds): Promise<WaitResult | undefined> {
    const enough = new AbortController();
    const exit = this.register(id, 'next-exit', enough.signal).catch(() => undefined);
    try {
      return await within(exit, patience);
    } finally {
      enough.abort();
    }
  }

  /** A run has ended. */
  exited(id: ContainerId, result: WaitResult): void {
    this.#fire(id, result, (condition) => condition !== 'removed');
  }

  /** The container is gone: nothing is left to wait for. */
  removed(id: ContainerId, result: WaitResult): void {
    this.#fire(id, result, () => true);
    this.#byContainer.delete(id);
  }

  /** The removal failed: only those who wait for it are told. */
  removalFailed(id: ContainerId, result: WaitResult): void {
    this.#fire(id, result, (condition) => condition === 'removed');
  }

  #of(id: ContainerId): Set<Waiter> {
    const waiters = this.#byContainer.get(id) ?? new Set();
    this.#byContainer.set(id, waiters);
    return waiters;
  }

  #fire(id: ContainerId, result: WaitResult, isMeant: (condition: WaitCondition) => boolean): void {
    const waiters = this.#byContainer.get(id);
    for (const waiter of waiters ?? []) {
      if (!isMeant(waiter.condition)) continue;
      waiters?.delete(waiter);
      waiter.settle(result);
    }
  }
}
