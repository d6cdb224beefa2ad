// SPDX-License-Identifier: Apache-2.0
import { Semaphore, sleep } from '../../base/async.ts';
import { messageOf } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { milliseconds } from '../../base/time.ts';

/** Jobs that run at a time: removals are disk and runtime work, and must leave room for starts. */
const AT_ONCE = 4;
/** Jobs that may wait before newcomers have to wait themselves: what is removed must not grow without end. */
const BACKLOG = 64;

/** A file system may be busy, or containerd on its way back, for a moment. */
const TRIES = 4;
/** Milliseconds before the second try; later ones wait longer. */
const PAUSE = 250;

/**
 * What is done behind an answer: ending a task's records, removing a file system. Jobs of one container run in turn.
 * A job that fails, or that a crash cuts short, is made up for at the next boot: the container's record (or its absence)
 * says what has to go.
 */
export class CleanupQueue {
  readonly #tails = new Map<ContainerId, Promise<void>>();
  readonly #places = new Semaphore(AT_ONCE);
  readonly #log: Log;

  readonly #wait: typeof sleep;

  constructor(log: Log, wait: typeof sleep = sleep) {
    this.#log = log;
    this.#wait = wait;
  }

  enqueue(id: ContainerId, job: () => Promise<void>): void {
    const before = this.#tails.get(id) ?? Promise.resolve();
    const tail = before.then(async () => this.#run(id, job));
    this.#tails.set(id, tail);
    void tail.finally(() => {
      if (this.#tails.get(id) === tail) this.#tails.delete(id);
    });
  }

  /** Resolves when nothing is left to do for the container. */
  async settled(id: ContainerId): Promise<void> {
    await this.#tails.get(id);
  }

  /** Resolves when the backlog is short enough for something new to begin. */
  async room(): Promise<void> {
    while (this.#tails.size >= BACKLOG) await Promise.race(this.#tails.values());
  }

  /** Resolves when nothing is left to do at all. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values());
  }

  async #run(id: ContainerId, job: () => Promise<void>): Promise<void> {
    using _place = await this.#places.acquire();
    for (let tries = 1; ; tries += 1) {
      try {
        return await job();
      } catch (error) {
        const log = this.#log.with({ container: id, reason: messageOf(error) });
        if (tries === TRIES) return log.warn('a clean-up failed and is left to the next start of the daemon');
        log.debug('a clean-up failed and is tried again');
        await this.#wait(milliseconds(PAUSE * tries), new AbortController().signal);
      }
    }
  }
}
