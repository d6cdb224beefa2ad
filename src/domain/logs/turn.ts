// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from 'node:timers/promises';

/** So long (ms) may output be worked on before whatever else waits in the daemon gets its turn. */
const SHARE = 5;

/** Keeps a flood of output from holding up the rest of the daemon. */
export class Turn {
  #since = 0;

  /** Resolves when the others had their turn; `undefined` when they had it a moment ago. */
  rest(): Promise<void> | undefined {
    return performance.now() - this.#since < SHARE ? undefined : this.#rest();
  }

  async #rest(): Promise<void> {
    await nextTurn();
    this.#since = performance.now();
  }
}
