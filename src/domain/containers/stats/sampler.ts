// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../../base/ids.ts';
import { milliseconds, type Nanoseconds, now, seconds, since, type Timestamp } from '../../../base/time.ts';
import type { Container } from '../container.ts';
import type { Sample } from './container-stats.ts';
import type { SampledContainer } from './take-sample.ts';
import { type Look, Watcher } from './watcher.ts';

/** Time as the sampler sees it; tests put in their own. */
export interface SamplerClock {
  readonly now: () => Timestamp;
  /** Calls `work` again and again until it is disposed of. */
  readonly every: (span: Nanoseconds, work: () => void) => Disposable;
}

type Machine = Sample['machine'];

export interface SamplerDeps {
  /** The container as it is now; `undefined` when it is gone. */
  readonly find: (id: ContainerId) => Container | undefined;
  readonly open: (container: Container) => SampledContainer;
  readonly machine: () => Machine;
  readonly clock: SamplerClock;
}

interface Watched {
  readonly watchers: Set<Watcher>;
  readonly sampled: SampledContainer;
  last: Look;
  at: Timestamp;
}

const INTERVAL = seconds(1);
/** A container that was looked at this short a time before a tick waits for the next one: two looks too close tell nothing. */
const RECENT = milliseconds(500);

/** Looks at each watched container once a second, for all its watchers together; at nothing while nobody watches. */
export class StatsSampler {
  readonly #watched = new Map<ContainerId, Watched>();
  readonly #deps: SamplerDeps;
  #timer: Disposable | undefined;

  constructor(deps: SamplerDeps) {
    this.#deps = deps;
  }

  /** Follows a container: its latest look comes at once, then one a second. Ends with the container, or by disposal. */
  watch(container: Container): Watcher & Disposable {
    const watched = this.#watched.get(container.id) ?? this.#begin(container);
    const watcher = new Watcher();
    watched.watchers.add(watcher);
    watcher.push(watched.last);
    this.#timer ??= this.#deps.clock.every(INTERVAL, () => this.#tick());
    return Object.assign(watcher, { [Symbol.dispose]: () => this.#leave(container.id, watcher) });
  }

  #begin(container: Container): Watched {
    const sampled = this.#deps.open(container);
    const watched = {
      watchers: new Set<Watcher>(),
      sampled,
      last: { sample: sampled.sample(container, this.#deps.machine) },
      at: this.#deps.clock.now(),
    };
    this.#watched.set(container.id, watched);
    return watched;
  }

  #leave(id: ContainerId, watcher: Watcher): void {
    watcher.end();
    const watched = this.#watched.get(id);
    watched?.watchers.delete(watcher);
    if (watched?.watchers.size === 0) {
      this.#watched.delete(id);
      watched.sampled[Symbol.dispose]();
    }
    if (this.#watched.size > 0) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #tick(): void {
    let known: Machine | undefined;
    const machine = (): Machine => (known ??= this.#deps.machine());
    for (const [id, watched] of this.#watched) {
      const container = this.#deps.find(id);
      if (!container) this.#end(watched);
      else if (since(watched.at, this.#deps.clock.now()) >= RECENT) this.#look(container, watched, machine);
    }
  }

  #look(container: Container, watched: Watched, machine: () => Machine): void {
    watched.last = { sample: watched.sampled.sample(container, machine) };
    watched.at = this.#deps.clock.now();
    for (const watcher of watched.watchers) watcher.push(watched.last);
  }

  /** Each watcher leaves by itself when it sees the end. */
  #end({ watchers }: Watched): void {
    for (const watcher of watchers) watcher.end();
  }
}

/** The system's timer and clock. */
export const samplerClock: SamplerClock = {
  now,
  every: (span, work) => {
    const timer = setInterval(work, Number(span / 1_000_000n));
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};
