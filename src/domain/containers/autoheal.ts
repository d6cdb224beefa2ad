// SPDX-License-Identifier: Apache-2.0
import { milliseconds, type Nanoseconds, seconds, since, type Timestamp } from '../../base/time.ts';
import type { Container } from './container.ts';
import { probeOf } from './health/run-health.ts';

/** The label by which a container says whether it is to be restarted when it becomes unhealthy (ADR 16). */
export const AUTOHEAL_LABEL = 'berth.autoheal';

const YES = ['1', 't', 'true', 'yes', 'on'];

/** Whether a container is to be healed: its label's word, or the daemon's where it says nothing. */
export const isAutohealed = (container: Container, byDefault: boolean): boolean => {
  if (!probeOf(container)) return false;
  const said = container.config.labels?.[AUTOHEAL_LABEL]?.toLowerCase();
  return said === undefined ? byDefault : YES.includes(said);
};

/** The wait before the second healing in a row, doubled with each further one. */
const FIRST_PAUSE = seconds(10);
const LONGEST_PAUSE = seconds(600);
/** A container that needed no healing for so long (more than the longest pause) is well: its next one begins a row. */
const WELL = seconds(1200);
/** Healings of all containers together within `SPAN`: where more are wanted, it is not the containers that are ill. */
const MOST = 5;
const SPAN = seconds(60);

/** When a container may be healed: at once, or after a wait and for which of the two reasons. */
export interface HealingTurn {
  readonly wait: Nanoseconds;
  readonly reason?: 'back-off' | 'too many healings';
  /** Healings in a row, the coming one included. */
  readonly attempt: number;
}

const NOW = milliseconds(0);

/** Remembers healings, and says when the next may be. */
export class HealingGuard {
  readonly #last = new Map<string, { readonly at: Timestamp; readonly attempt: number }>();
  #recent: readonly Timestamp[] = [];

  /** When `id` may be healed, asked at `now`. */
  turn(id: string, now: Timestamp): HealingTurn {
    const last = this.#last.get(id);
    const passed = last ? since(last.at, now) : WELL;
    if (!last || passed >= WELL) return this.#globalTurn(1, now);
    const attempt = last.attempt + 1;
    const doubled = (FIRST_PAUSE * 2n ** BigInt(Math.min(last.attempt - 1, 10))) as Nanoseconds;
    const pause = doubled < LONGEST_PAUSE ? doubled : LONGEST_PAUSE;
    if (passed < pause) return { wait: (pause - passed) as Nanoseconds, reason: 'back-off', attempt };
    return this.#globalTurn(attempt, now);
  }

  /** A healing begins. */
  healed(id: string, attempt: number, now: Timestamp): void {
    this.#last.set(id, { at: now, attempt });
    this.#recent = [...this.#current(now), now];
  }

  forget(id: string): void {
    this.#last.delete(id);
  }

  #globalTurn(attempt: number, now: Timestamp): HealingTurn {
    const recent = this.#current(now);
    const oldest = recent.at(-MOST);
    if (oldest === undefined) return { wait: NOW, attempt };
    return { wait: (SPAN - since(oldest, now)) as Nanoseconds, reason: 'too many healings', attempt };
  }

  #current(now: Timestamp): readonly Timestamp[] {
    return this.#recent.filter((at) => since(at, now) < SPAN);
  }
}
