// SPDX-License-Identifier: Apache-2.0
import { sleep } from '../../../base/async.ts';
import { messageOf } from '../../../base/errors.ts';
import type { ContainerId } from '../../../base/ids.ts';
import type { Log } from '../../../base/log.ts';
import { type Nanoseconds, now, since, type Timestamp } from '../../../base/time.ts';
import type { Container } from '../container.ts';
import type { RunningContainer } from '../exec/check-container.ts';
import type { Ledger } from '../ledger.ts';
import { type HealthResult, judgeProbe, nextInterval } from './health.ts';
import { probeOf } from './run-health.ts';

/** Time as the monitors see it; tests put in their own. */
export interface HealthClock {
  readonly now: () => Timestamp;
  readonly sleep: (span: Nanoseconds, signal: AbortSignal) => Promise<void>;
}

export interface HealthMonitorsDeps {
  readonly ledger: Pick<Ledger, 'get' | 'lock' | 'show'>;
  /** Runs the container's check once; what goes wrong is a result, too. Ends soon after `signal` aborts. */
  readonly probe: (container: Container, signal: AbortSignal) => Promise<HealthResult>;
  /** Told after each probe that finds, or leaves, the container unhealthy; nothing waits for it. */
  readonly onUnhealthy?: (container: Container) => void;
  readonly log: Log;
  readonly clock?: HealthClock;
}

/** Probes since the daemon started. */
export interface HealthCounts {
  readonly total: number;
  readonly failed: number;
}

/** Looks after the health of running containers: one monitor a run, from its start to its pause or end. */
export class HealthMonitors {
  readonly #watching = new Map<ContainerId, AbortController>();
  readonly #deps: HealthMonitorsDeps;
  readonly #clock: HealthClock;
  #total = 0;
  #failed = 0;

  constructor(deps: HealthMonitorsDeps) {
    this.#deps = deps;
    this.#clock = deps.clock ?? { now, sleep };
  }

  get counts(): HealthCounts {
    return { total: this.#total, failed: this.#failed };
  }

  /** Probes the container from now on. Nothing happens for one without a check. */
  begin(container: Container): void {
    if (!probeOf(container)) return;
    this.end(container.id);
    const over = new AbortController();
    this.#watching.set(container.id, over);
    this.#watch(container.id, over.signal).catch((error: unknown) => {
      this.#deps.log.warn('the health of a container is not looked after any more', {
        container: container.id,
        reason: messageOf(error),
      });
    });
  }

  /** No further probe; the one under way is ended and does not count. */
  end(id: ContainerId): void {
    this.#watching.get(id)?.abort();
    this.#watching.delete(id);
  }

  endAll(): void {
    for (const id of this.#watching.keys()) this.end(id);
  }

  async #watch(id: ContainerId, signal: AbortSignal): Promise<void> {
    for (;;) {
      const container = this.#running(id);
      if (!container || !(await this.#pause(container, signal))) return;
      const result = await this.#deps.probe(container, signal);
      if (signal.aborted) return;
      await this.#record(id, result, signal);
    }
  }

  #running(id: ContainerId): RunningContainer | undefined {
    const container = this.#deps.ledger.get(id);
    if (container?.state.status !== 'running') return undefined;
    return { ...container, state: container.state };
  }

  /** Waits for the next probe's time; false when there is to be none. */
  async #pause({ config, health, state }: RunningContainer, signal: AbortSignal): Promise<boolean> {
    if (!config.healthcheck || !health) return false;
    const ranFor = since(state.startedAt, this.#clock.now());
    try {
      await this.#clock.sleep(nextInterval(config.healthcheck, health.status, ranFor), signal);
    } catch {
      return false;
    }
    return !signal.aborted;
  }

  /** Changes the record in memory alone: what a probe said is worth no write to disk, a daemon that comes back probes anew. */
  async #record(id: ContainerId, result: HealthResult, signal: AbortSignal): Promise<void> {
    using _lock = await this.#deps.ledger.lock(id);
    const container = this.#running(id);
    if (signal.aborted || !container?.health || !container.config.healthcheck) return;
    this.#total += 1;
    if (result.exitCode !== 0) this.#failed += 1;
    const health = judgeProbe(
      container.health,
      container.config.healthcheck,
      result,
      container.state.startedAt,
    );
    const isNews = health.status !== container.health.status;
    const judged = { ...container, health };
    this.#deps.ledger.show(judged, isNews ? `health_status: ${health.status}` : undefined);
    if (health.status === 'unhealthy') this.#deps.onUnhealthy?.(judged);
  }
}
