// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from 'node:timers/promises';

/** So long (ms) may output be worked on before whatever else waits in the daemon gets its turn. */
const SHARE = 5;

/** Keeps a flood of output from holding up the rest of the daemon: work is counted, and rests when it was much. */
export class Turn {
  #worked = 0;

  /** Does `work`, which does not wait for anything. */
  spend<Value>(work: () => Value): Value {
    const began = performance.now();
    try {
      return work();
    } finally {
      this.#worked += performance.now() - began;
    }
  }

  /** Resolves when the others had their turn; `undefined` when they need not have it yet. */
  rest(): Promise<void> | undefined {
    if (this.#worked < SHARE) return undefined;
    this.#worked = 0;
    return nextTurn();
  }
}
