// SPDX-License-Identifier: Apache-2.0
import { sleep } from '../../base/async.ts';
import { messageOf } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import { now } from '../../base/time.ts';
import { HealingGuard, isAutohealed } from './autoheal.ts';
import { type AutohealRestartDeps, healContainer } from './autoheal-restart.ts';
import type { Container } from './container.ts';
import type { ContainersDeps } from './deps.ts';
import type { HealthClock } from './health/monitors.ts';

export type AutohealDeps = AutohealRestartDeps & Pick<ContainersDeps, 'config'>;

/** Restarts containers that became unhealthy and want that, not too often, and not too many at a time. */
export class Autoheal {
  readonly #deps: AutohealDeps;
  readonly #clock: HealthClock;
  readonly #guard = new HealingGuard();
  readonly #pending = new Map<ContainerId, AbortController>();

  constructor(deps: AutohealDeps, clock: HealthClock = { now, sleep }) {
    this.#deps = deps;
    this.#clock = clock;
  }

  /** A probe found the container unhealthy. What follows is not waited for. */
  unhealthy(container: Container): void {
    const { id } = container;
    if (this.#pending.has(id) || !this.#isWanted(id)) return;
    const over = new AbortController();
    this.#pending.set(id, over);
    this.#heal(id, over.signal)
      .catch((error: unknown) => {
        if (over.signal.aborted) return;
        this.#deps.log.warn('an unhealthy container could not be restarted', {
          container: id,
          reason: messageOf(error),
        });
      })
      .finally(() => this.#pending.delete(id));
  }

  /** The container is gone. */
  forget(id: ContainerId): void {
    this.#pending.get(id)?.abort();
    this.#guard.forget(id);
  }

  /** Nobody is healed any more. */
  close(): void {
    for (const over of this.#pending.values()) over.abort();
  }

  /** Looks anew: it may have been stopped, paused, removed or become well while its turn was waited for. */
  #isWanted(id: ContainerId): boolean {
    const { ledger, intents, config } = this.#deps;
    const container = ledger.get(id);
    if (container?.state.status !== 'running' || container.health?.status !== 'unhealthy') return false;
    if (intents.isStopAsked(id) || intents.isRestarting(id) || intents.isRemoving(id)) return false;
    return isAutohealed(container, config.current.autoheal);
  }

  async #heal(id: ContainerId, signal: AbortSignal): Promise<void> {
    let isTold = false;
    for (;;) {
      const { wait, reason, attempt } = this.#guard.turn(id, this.#clock.now());
      if (wait <= 0n) return this.#restart(id, attempt);
      if (!isTold) this.#tell(id, 'autoheal_held_back', { reason: reason ?? '', attempt: String(attempt) });
      isTold = true;
      await this.#clock.sleep(wait, signal);
      if (!this.#isWanted(id)) return;
    }
  }

  async #restart(id: ContainerId, attempt: number): Promise<void> {
    this.#guard.healed(id, attempt, this.#clock.now());
    this.#tell(id, 'autoheal', { attempt: String(attempt) });
    await healContainer(this.#deps, id);
  }

  #tell(id: ContainerId, action: string, attributes: Readonly<Record<string, string>>): void {
    const container = this.#deps.ledger.get(id);
    if (container) this.#deps.ledger.publish(container, action, attributes);
    this.#deps.log.info('an unhealthy container is seen to', { container: id, action, ...attributes });
  }
}
