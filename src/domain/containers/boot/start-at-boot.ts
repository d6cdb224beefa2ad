// SPDX-License-Identifier: Apache-2.0
import { abortable, within } from '../../../base/async.ts';
import { isKind, messageOf } from '../../../base/errors.ts';
import type { ContainerId } from '../../../base/ids.ts';
import { type Nanoseconds, seconds } from '../../../base/time.ts';
import type { Container } from '../container.ts';
import type { Core } from '../core.ts';
import { probeOf } from '../health/run-health.ts';
import { restartByPolicy, type StartDeps } from '../start.ts';
import { isRunning } from '../state.ts';
import { type BootOrder, planBootOrder } from './boot-order.ts';
import type { Condition, Dependency } from './depends-on.ts';

export type StartAtBootDeps = StartDeps & Pick<Core, 'ledger' | 'log'>;

/** How long a container waits for another one to become healthy, or to end: its policy wants it started in any case. */
const PATIENCE = seconds(120);

const find = ({ ledger }: StartAtBootDeps, reference: string): ContainerId | undefined => {
  try {
    return ledger.resolve(reference).id;
  } catch (error) {
    if (isKind(error, 'not-found', 'invalid-argument')) return undefined;
    throw error;
  }
};

const exitCodeOf = ({ state }: Container): number | undefined =>
  state.status === 'exited' ? state.exitCode : undefined;

/** Whether a condition holds; `undefined` while that is still open. */
const verdict = (container: Container | undefined, condition: Condition): boolean | undefined => {
  if (!container) return false;
  if (condition === 'completed') {
    const code = exitCodeOf(container);
    return code === undefined && container.state.status !== 'created' ? undefined : code === 0;
  }
  if (!isRunning(container.state)) return false;
  if (condition === 'started' || !probeOf(container)) return true;
  if (container.state.status === 'restarting') return undefined;
  return container.health?.status === 'starting' ? undefined : container.health?.status === 'healthy';
};

/** How long a boot goes on with waiting. */
export interface BootPatience {
  /** For one dependency to become what it should. */
  readonly patience: Nanoseconds;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
}

/** The verdict once there is one; `undefined` when `patience` runs out first. */
const awaitVerdict = async (
  { ledger }: Pick<Core, 'ledger'>,
  { id, condition }: Dependency,
  { patience, signal }: BootPatience,
): Promise<boolean | undefined> => {
  const decided = Promise.withResolvers<boolean>();
  const look = (): void => {
    const found = verdict(ledger.get(id), condition);
    if (found !== undefined) decided.resolve(found);
  };
  using _watch = ledger.watch(id, look);
  look();
  // A daemon that stops waits for nobody.
  const orGivenUp = abortable(decided.promise, signal).catch(() => false);
  // Waited for here: the watch ends with this function.
  return await within(orGivenUp, patience);
};

class BootStarts {
  readonly #deps: StartAtBootDeps;
  readonly #order: BootOrder;
  readonly #patience: BootPatience;
  readonly #starting: ReadonlyMap<ContainerId, Container>;
  readonly #starts = new Map<ContainerId, Promise<void>>();

  constructor(
    deps: StartAtBootDeps,
    starting: readonly Container[],
    order: BootOrder,
    patience: BootPatience,
  ) {
    this.#deps = deps;
    this.#order = order;
    this.#patience = patience;
    this.#starting = new Map(starting.map((container) => [container.id, container]));
  }

  /** Resolves when the container was started, or found not to be startable: never rejects. */
  async start(id: ContainerId): Promise<void> {
    const known = this.#starts.get(id) ?? this.#attempt(id);
    this.#starts.set(id, known);
    return known;
  }

  async #attempt(id: ContainerId): Promise<void> {
    const container = this.#starting.get(id);
    if (!container) return;
    try {
      const dependencies = this.#order.dependencies.get(id) ?? [];
      await Promise.all(dependencies.map(async (dependency) => this.#satisfy(container, dependency)));
      // Somebody may have started, stopped or changed it meanwhile: then it is no longer ours to start.
      if (this.#deps.ledger.get(id)?.state === container.state) await restartByPolicy(this.#deps, id, 'boot');
    } catch (error) {
      this.#deps.log.error('a container could not be started at boot', {
        container: id,
        reason: messageOf(error),
      });
    }
  }

  async #satisfy(container: Container, dependency: Dependency): Promise<void> {
    await this.start(dependency.id);
    const held = await awaitVerdict(this.#deps, dependency, this.#patience);
    if (held === true || this.#deps.intents.isClosing) return;
    this.#deps.log.warn('a container is started though what it depends on is not as it should be', {
      container: container.id,
      dependency: dependency.id,
      condition: dependency.condition,
      timedOut: held === undefined,
    });
  }
}

/**
 * Starts containers whose policy wants them back: each after those that it depends on, all others beside each other.
 * A dependency that fails, or does not become what it should in time, holds nobody up for good. Never rejects.
 */
export const startAtBoot = async (
  deps: StartAtBootDeps,
  starting: readonly Container[],
  { signal, patience = PATIENCE }: Pick<BootPatience, 'signal'> & Partial<BootPatience>,
): Promise<void> => {
  const order = planBootOrder(starting, {
    all: deps.ledger.all(),
    find: (reference) => find(deps, reference),
  });
  for (const { from, to } of order.broken)
    deps.log.warn('containers depend on each other in a circle, which is cut here', {
      container: from,
      dependency: to,
    });
  const starts = new BootStarts(deps, starting, order, { signal, patience });
  await Promise.all(starting.map(async ({ id }) => starts.start(id)));
};
