// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';
import type { Container } from './container.ts';

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
  /** Checks the move, saves, makes visible, publishes `action` (none when undefined). Call it with the lock held. */
  record(next: Container, action?: string, attributes?: EventAttributes): Promise<void>;
  /** An event that changes no state (`attach`, `exec_start: …`). */
  publish(container: Container, action: string, attributes?: EventAttributes): void;
}
