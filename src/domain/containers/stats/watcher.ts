// SPDX-License-Identifier: Apache-2.0
import type { Sample } from './container-stats.ts';

/** One look at a container; without a sample it does not run. */
export interface Look {
  readonly sample: Sample | undefined;
}

/** Somebody who follows a container's samples. A slow one misses some: only the latest look is kept. */
export class Watcher {
  #look: Look | undefined;
  #ended = false;
  #waiting: PromiseWithResolvers<void> | undefined;

  push(look: Look): void {
    this.#look = look;
    this.#waiting?.resolve();
  }

  /** The container is gone, or the watcher. */
  end(): void {
    this.#ended = true;
    this.#waiting?.resolve();
  }

  /** The next look; `undefined` when there is none any more. */
  async next(): Promise<Look | undefined> {
    if (!this.#look && !this.#ended) {
      this.#waiting = Promise.withResolvers();
      await this.#waiting.promise;
      this.#waiting = undefined;
    }
    const look = this.#ended ? undefined : this.#look;
    this.#look = undefined;
    return look;
  }
}
