// SPDX-License-Identifier: Apache-2.0
import { within } from '../../../base/async.ts';
import { disposable } from '../../../base/disposal.ts';
import type { ContainerId } from '../../../base/ids.ts';
import type { Nanoseconds } from '../../../base/time.ts';

interface Gate {
  /** Processes that are being started. */
  starting: number;
  /** Settled when the last of them has started; there while somebody waits for that. */
  idle?: PromiseWithResolvers<void>;
  /** Settled when the gate opens again; there while it is closed. */
  closed?: PromiseWithResolvers<void>;
}

/**
 * Keeps the starts of processes in a container and its freezing apart. A runtime that is frozen half-way into a container
 * holds the shim's lock, and no word to thaw it gets through any more (containerd 1.6, runc 1.1).
 */
export class StartGate {
  readonly #gates = new Map<ContainerId, Gate>();

  /** Waits until nothing keeps processes from starting; from then until disposed of, nobody freezes the container. */
  async enter(id: ContainerId): Promise<Disposable> {
    for (let closed = this.#gates.get(id)?.closed; closed; closed = this.#gates.get(id)?.closed)
      await closed.promise;
    const gate = this.#of(id);
    gate.starting += 1;
    return disposable(() => {
      gate.starting -= 1;
      if (gate.starting === 0) gate.idle?.resolve();
      this.#tidy(id);
    });
  }

  /**
   * Keeps newcomers out until disposed of, and waits for those inside. `undefined`, and the gate open again, when they
   * take longer than `patience`. One at a time: the container's lock is held.
   */
  async close(id: ContainerId, patience: Nanoseconds): Promise<Disposable | undefined> {
    const gate = this.#of(id);
    const closed = Promise.withResolvers<void>();
    gate.closed = closed;
    const opening = disposable(() => {
      delete gate.closed;
      delete gate.idle;
      this.#tidy(id);
      closed.resolve();
    });
    if (gate.starting === 0) return opening;
    gate.idle = Promise.withResolvers<void>();
    if (
      (await within(
        gate.idle.promise.then(() => true),
        patience,
      )) === true
    )
      return opening;
    opening[Symbol.dispose]();
    return undefined;
  }

  #of(id: ContainerId): Gate {
    const known = this.#gates.get(id) ?? { starting: 0 };
    this.#gates.set(id, known);
    return known;
  }

  #tidy(id: ContainerId): void {
    const gate = this.#gates.get(id);
    if (gate?.starting === 0 && !gate.closed) this.#gates.delete(id);
  }
}
