// SPDX-License-Identifier: Apache-2.0
import { EpollSet } from '../../sys/epoll.ts';
import type { FileBudget } from './file-budget.ts';

/** Whoever wants to know that something has arrived at a socket. */
export interface Watcher {
  /** Takes some of it; what is left is told of again. False: nothing can be taken before files are free. */
  arrived(): boolean;
}

/**
 * Watches thousands of sockets at the cost of one: a server of Node's for each would take its memory and time for every
 * port that nobody uses.
 */
export class PortWatch {
  readonly #budget: FileBudget;
  readonly #watchers = new Map<number, Watcher>();
  #set: EpollSet | undefined;

  constructor(budget: FileBudget) {
    this.#budget = budget;
  }

  add(fd: number, watcher: Watcher): void {
    if (this.#watchers.has(fd)) return;
    this.#set ??= new EpollSet((ready) => this.#tell(ready));
    this.#set.add(fd);
    this.#watchers.set(fd, watcher);
  }

  delete(fd: number): void {
    if (!this.#watchers.has(fd)) return;
    this.#set?.delete(fd);
    this.forget(fd);
  }

  /** For a socket that is about to be closed: the kernel does the rest. */
  forget(fd: number): void {
    if (!this.#watchers.delete(fd) || this.#watchers.size > 0) return;
    this.#set?.[Symbol.dispose]();
    this.#set = undefined;
  }

  #tell(ready: readonly number[]): void {
    for (const fd of ready) {
      if (this.#watchers.get(fd)?.arrived() !== false) continue;
      this.#pause();
      return;
    }
  }

  /** Whoever waits at the ports waits until others have gone. */
  #pause(): void {
    const set = this.#set;
    set?.pause();
    this.#budget.whenFree(() => {
      if (set === this.#set) set?.resume();
    });
  }
}
