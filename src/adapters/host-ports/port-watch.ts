// SPDX-License-Identifier: Apache-2.0
import { EpollSet } from '../../sys/epoll.ts';
import { INPUT_SIGNAL, signalInput, silenceInput } from '../../sys/signal-input.ts';
import type { FileBudget } from './file-budget.ts';

/** Whoever wants to know that something has arrived at a socket. */
export interface Watcher {
  /** Takes some of it; what is left is told of again. False: nothing can be taken before files are free. */
  arrived(): boolean;
}

/** So often in a row it looks for more before other work of the process has its turn. */
const ROUNDS = 8;

/**
 * Watches thousands of sockets at the cost of one: the kernel sends a signal when something has arrived at any of them,
 * and tells by epoll at which. A server of Node for each would take its memory and time for every port that nobody uses.
 */
export class PortWatch {
  readonly #budget: FileBudget;
  readonly #watchers = new Map<number, Watcher>();
  #set: EpollSet | undefined;
  #isQueued = false;

  constructor(budget: FileBudget) {
    this.#budget = budget;
  }

  add(fd: number, watcher: Watcher): void {
    if (this.#watchers.has(fd)) return;
    if (this.#watchers.size === 0) process.on(INPUT_SIGNAL, this.#drain);
    this.#set ??= new EpollSet();
    this.#set.add(fd);
    this.#watchers.set(fd, watcher);
    signalInput(fd);
    // What came before the signal was asked for.
    this.#drainSoon();
  }

  delete(fd: number): void {
    if (!this.#watchers.has(fd)) return;
    this.#set?.delete(fd);
    silenceInput(fd);
    this.forget(fd);
  }

  /** For a socket that is about to be closed: the kernel does the rest. */
  forget(fd: number): void {
    if (!this.#watchers.delete(fd) || this.#watchers.size > 0) return;
    process.off(INPUT_SIGNAL, this.#drain);
    this.#set?.[Symbol.dispose]();
    this.#set = undefined;
  }

  #drainSoon(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    setImmediate(() => {
      this.#isQueued = false;
      this.#drain();
    });
  }

  readonly #drain = (): void => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const ready = this.#set?.ready() ?? [];
      if (ready.length === 0) return;
      for (const fd of ready) {
        if (this.#watchers.get(fd)?.arrived() !== false) continue;
        this.#budget.whenFree(this.#drain);
        return;
      }
    }
    this.#drainSoon();
  };
}
