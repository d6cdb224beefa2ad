// SPDX-License-Identifier: Apache-2.0
import type { ContainerStore } from '../../adapters/store/index.ts';
import { KeyedMutex, together } from '../../base/async.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { EventPublisher } from '../events/index.ts';
import type { Container } from './container.ts';
import { noSuchContainer } from './errors.ts';
import { releaseLinkNames } from './links/link-names.ts';
import { NameTable } from './name-table.ts';
import { encodeHostConfig, encodeRecord } from './record-file.ts';
import { assertMove } from './state.ts';

/** What else an event of a container says, beside its image, name and labels. */
export type EventAttributes = Readonly<Record<string, string>>;

/** All containers: find, reserve names, lock, record a change. The only place where a container changes. */
export interface Ledger {
  /** By full id, name (one leading slash allowed) or unique id prefix. @throws not-found, invalid-argument when ambiguous */
  resolve(reference: string): Container;
  get(id: ContainerId): Container | undefined;
  all(): readonly Container[];
  /** One holder at a time; never wait for a client, a timer or another container under it. */
  lock(id: ContainerId): Promise<Disposable>;
  /**
   * Checks the move, saves, makes visible, publishes `action` (none when undefined). Call it with the lock held.
   * `meanwhile` is what must have come true before anybody is told; it runs beside the save. When it fails nothing is
   * told, and what was saved is for the caller to take back. A new container is found after a crash only if it had come true.
   */
  record(
    next: Container,
    action?: string,
    attributes?: EventAttributes,
    meanwhile?: Promise<unknown>,
  ): Promise<void>;
  /**
   * Like `record`, for what has happened whether or not it can be written down (an exit, on a full disk): a save that fails
   * is logged, and the next boot finds out from containerd.
   */
  recordFact(
    next: Container,
    action?: string,
    attributes?: EventAttributes,
    meanwhile?: Promise<unknown>,
  ): Promise<void>;
  /** A change for which memory is enough (what a health check said): seen by all, not saved. Call it with the lock held. */
  show(next: Container, action?: string, attributes?: EventAttributes): void;
  /** Calls `listener` after every change of the container and when it is gone, until disposed of. */
  watch(id: ContainerId, listener: () => void): Disposable;
  /** An event that changes no state (`attach`, `exec_start: …`). */
  publish(container: Container, action: string, attributes?: EventAttributes): void;
}

/** What the ledger itself needs. */
export interface LedgerDeps {
  readonly store: Pick<ContainerStore, 'save'>;
  readonly events: EventPublisher;
  readonly log: Log;
  /** Facts for the file on disk that are not part of the record. */
  readonly facts: (container: Container) => { readonly logPath: string; readonly driver: string };
}

/**
 * Whether a change must outlive a power failure before it is told. The moves of a run need not: after a power failure
 * nothing runs, and the older record, which rename keeps whole, says all that still matters.
 */
const isDurable = (before: Container | undefined, next: Container): boolean =>
  before === undefined ||
  before.hostConfig !== next.hostConfig ||
  before.name !== next.name ||
  before.manuallyStopped !== next.manuallyStopped;

/** The ledger in memory, saved to a store. */
export class ContainerLedger implements Ledger {
  readonly names = new NameTable();
  readonly #containers = new Map<ContainerId, Container>();
  readonly #locks = new KeyedMutex<ContainerId>();
  readonly #watchers = new Map<ContainerId, Set<() => void>>();
  readonly #deps: LedgerDeps;

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
  }

  resolve(reference: string): Container {
    const exact = this.#containers.get(reference as ContainerId) ?? this.#byName(reference);
    if (exact) return exact;
    if (reference === '') throw new EngineError('invalid-argument', 'invalid name or ID supplied: ""');
    if (!/^[0-9a-f]{1,64}$/.test(reference)) throw noSuchContainer(reference);
    const matches = this.all().filter((container) => container.id.startsWith(reference));
    if (matches.length > 1)
      throw new EngineError('invalid-argument', `multiple IDs found with provided prefix: ${reference}`);
    if (!matches[0]) throw noSuchContainer(reference);
    return matches[0];
  }

  get(id: ContainerId): Container | undefined {
    return this.#containers.get(id);
  }

  all(): readonly Container[] {
    return [...this.#containers.values()];
  }

  async lock(id: ContainerId): Promise<Disposable> {
    return this.#locks.lock(id);
  }

  /** True while somebody holds or waits for the container's lock. */
  isLocked(id: ContainerId): boolean {
    return this.#locks.isLocked(id);
  }

  async record(
    next: Container,
    action?: string,
    attributes: EventAttributes = {},
    meanwhile: Promise<unknown> = Promise.resolve(),
  ): Promise<void> {
    await together([meanwhile, this.#save(next, meanwhile)]);
    this.show(next, action, attributes);
  }

  async recordFact(
    next: Container,
    action?: string,
    attributes: EventAttributes = {},
    meanwhile: Promise<unknown> = Promise.resolve(),
  ): Promise<void> {
    const saved = this.#save(next).catch((error: unknown) => {
      this.#deps.log.warn('a change could not be saved', { container: next.id, reason: messageOf(error) });
    });
    await together([saved, meanwhile]);
    this.show(next, action, attributes);
  }

  show(next: Container, action?: string, attributes: EventAttributes = {}): void {
    this.#containers.set(next.id, next);
    if (action !== undefined) this.publish(next, action, attributes);
    this.#tell(next.id);
  }

  watch(id: ContainerId, listener: () => void): Disposable {
    const listeners = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, listeners.add(listener));
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener);
        if (listeners.size === 0) this.#watchers.delete(id);
      },
    };
  }

  #tell(id: ContainerId): void {
    for (const listener of this.#watchers.get(id) ?? []) listener();
  }

  async #save(next: Container, complete?: Promise<unknown>): Promise<void> {
    const before = this.#containers.get(next.id);
    assertMove(before?.state, next.state);
    await this.#deps.store.save(
      next.id,
      {
        config: encodeRecord(next, this.#deps.facts(next)),
        ...(before?.hostConfig !== next.hostConfig && { hostConfig: encodeHostConfig(next) }),
      },
      { durable: isDurable(before, next), ...(complete && { complete }) },
    );
  }

  publish(container: Container, action: string, attributes: EventAttributes = {}): void {
    this.#deps.events.publish({
      type: 'container',
      action,
      actor: container.id,
      attributes: {
        ...container.config.labels,
        image: container.config.image,
        name: container.name,
        ...attributes,
      },
    });
  }

  /** Takes in a container that was loaded from disk. Its name must have been reserved. */
  adopt(container: Container): void {
    this.#containers.set(container.id, container);
  }

  /** The container is no more: nobody finds it and its name is free. */
  forget(id: ContainerId): void {
    const container = this.#containers.get(id);
    if (container) releaseLinkNames(this.names, container);
    this.#containers.delete(id);
    this.names.releaseAll(id);
    this.#tell(id);
  }

  #byName(reference: string): Container | undefined {
    const id = this.names.holder(reference.replace(/^\//, ''));
    return id === undefined ? undefined : this.#containers.get(id);
  }
}
