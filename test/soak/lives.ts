// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../support/engine.ts';
import type { Lives } from './ask.ts';

const LIVE = '--live-restore';

/** A daemon that is killed again and again, and comes back with live restore or without. */
export class Victim implements Lives {
  readonly #engine: Engine;
  readonly #flags: readonly string[];
  readonly #modes: boolean[] = [];
  #risen = Promise.withResolvers<void>();
  readonly startups: number[] = [];

  constructor(engine: Engine, flags: readonly string[]) {
    this.#engine = engine;
    this.#flags = flags;
    this.#risen.resolve();
  }

  get deaths(): number {
    return this.#modes.length;
  }

  wasLive(death: number): boolean {
    return this.#modes[death - 1] ?? false;
  }

  up(): Promise<void> {
    return this.#risen.promise;
  }

  /** Kills it and starts the next one. */
  async kill(live: boolean): Promise<void> {
    this.#risen = Promise.withResolvers();
    this.#modes.push(live);
    await this.#engine.end('SIGKILL');
    await this.#engine.start(live ? [...this.#flags, LIVE] : this.#flags);
    this.startups.push(this.#engine.startupTime);
    this.#risen.resolve();
  }

  /** Kills about every `pause` milliseconds until told to end. */
  async haunt(pause: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await sleep(pause * (0.6 + Math.random() * 0.8), undefined, { signal });
      } catch {
        return;
      }
      // Every third life begins by ending what the one before left running.
      await this.kill(this.deaths % 3 !== 2);
    }
  }
}
