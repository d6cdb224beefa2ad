// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';

/**
 * What was asked of containers and has not happened yet. It lives in memory only: after a crash nobody waits any more.
 * A note on a run is dropped when the next run begins.
 */
export class Intents {
  readonly #stopAsked = new Set<ContainerId>();
  readonly #stopping = new Map<ContainerId, number>();
  readonly #restarting = new Map<ContainerId, number>();
  readonly #healing = new Map<ContainerId, number>();
  readonly #removing = new Set<ContainerId>();
  #closing = false;

  /** The present run is to be the last one, whatever the restart policy says. */
  askStop(id: ContainerId): void {
    this.#stopAsked.add(id);
  }

  isStopAsked(id: ContainerId): boolean {
    return this.#closing || this.#stopAsked.has(id);
  }

  runBegins(id: ContainerId): void {
    this.#stopAsked.delete(id);
  }

  /** A `stop` is under way until disposed of: the run's end is then also told as `stop`. */
  stopping(id: ContainerId): Disposable {
    return count(this.#stopping, id);
  }

  isStopping(id: ContainerId): boolean {
    return this.#stopping.has(id);
  }

  /** A `restart` is under way until disposed of: its container is not removed by itself in between. */
  restarting(id: ContainerId): Disposable {
    return count(this.#restarting, id);
  }

  isRestarting(id: ContainerId): boolean {
    return this.#restarting.has(id);
  }

  /** The run under way is being ended to be followed by another, until disposed of, whatever the restart policy says. */
  healing(id: ContainerId): Disposable {
    return count(this.#healing, id);
  }

  isHealing(id: ContainerId): boolean {
    return this.#healing.has(id);
  }

  /** Claims the removal; `undefined` when somebody else has. */
  removing(id: ContainerId): Disposable | undefined {
    if (this.#removing.has(id)) return undefined;
    this.#removing.add(id);
    return { [Symbol.dispose]: () => void this.#removing.delete(id) };
  }

  isRemoving(id: ContainerId): boolean {
    return this.#removing.has(id);
  }

  /** The daemon stops: nothing is started any more, by nobody. */
  close(): void {
    this.#closing = true;
  }

  get isClosing(): boolean {
    return this.#closing;
  }

  forget(id: ContainerId): void {
    this.#stopAsked.delete(id);
    this.#stopping.delete(id);
    this.#restarting.delete(id);
    this.#healing.delete(id);
  }
}

const count = (counts: Map<ContainerId, number>, id: ContainerId): Disposable => {
  counts.set(id, (counts.get(id) ?? 0) + 1);
  return {
    [Symbol.dispose]: () => {
      const left = (counts.get(id) ?? 1) - 1;
      if (left > 0) counts.set(id, left);
      else counts.delete(id);
    },
  };
};
