// SPDX-License-Identifier: Apache-2.0
import type { Change, Element, Nftables } from '../../adapters/nftables/index.ts';
import { isKind } from '../../base/errors.ts';
import {
  type GuardedBridge,
  type Opening,
  firewallTable,
  firewallTable6,
  openingElement,
} from './firewall-rules.ts';
import { type PortTarget, portElements } from './port-elements.ts';
import type { PublishedPort } from './published-port.ts';

const keyOf = ({ map, key }: Element): string => `${map} ${key}`;
const adding = (element: Element): Change => ({ change: 'add-element', element });

/**
 * The engine's packet filter and address translation, and the memory of what is in it: a table that somebody else
 * flushed is put back whole at the next change.
 */
export class Firewall {
  readonly #nftables: Nftables;
  readonly #table: string;
  readonly #enabled: boolean;
  readonly #elements = new Map<string, Element>();
  #bridges: readonly GuardedBridge[] = [];
  #hasTable6 = false;

  /** `table` is this engine's own name in its network namespace. Not `enabled`: nothing is ever done. */
  constructor(nftables: Nftables, table: string, enabled: boolean) {
    this.#nftables = nftables;
    this.#table = table;
    this.#enabled = enabled;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  /** Puts rules and elements in place in one transaction: what was published before stays reachable throughout. */
  replace(
    bridges: readonly GuardedBridge[],
    published: readonly (readonly [PublishedPort, PortTarget])[],
  ): void {
    this.#bridges = bridges;
    this.#elements.clear();
    for (const [port, target] of published) this.#note(this.#elementsOf(port, target));
    this.#putBack();
  }

  /** Other bridges from now on; what is published stays so throughout. */
  guard(bridges: readonly GuardedBridge[]): void {
    this.#bridges = bridges;
    this.#putBack();
  }

  publish(ports: readonly PublishedPort[], target: PortTarget): void {
    this.#add(ports.flatMap((port) => this.#elementsOf(port, target)));
  }

  withdraw(ports: readonly PublishedPort[], target: PortTarget): void {
    this.#remove(ports.flatMap((port) => this.#elementsOf(port, target)));
  }

  /** Lets containers reach ports of others where a bridge keeps them apart. What is open already is no error. */
  letThrough(openings: readonly Opening[]): void {
    this.#add(openings.map((opening) => openingElement(this.#table, opening)));
  }

  shut(openings: readonly Opening[]): void {
    this.#remove(openings.map((opening) => openingElement(this.#table, opening)));
  }

  #add(added: readonly Element[]): void {
    this.#note(added);
    try {
      this.#change(added.map(adding));
    } catch (error) {
      for (const element of added) this.#elements.delete(keyOf(element));
      throw error;
    }
  }

  #remove(elements: readonly Element[]): void {
    const gone = elements.filter((element) => this.#elements.delete(keyOf(element)));
    this.#change(gone.map((element) => ({ change: 'delete-element', element })));
  }

  /** Takes the table away, unless containers that outlive this daemon are reached by it. */
  close(): void {
    if (this.#enabled && this.#elements.size === 0)
      this.#nftables.apply([
        { change: 'delete-table', table: this.#table },
        ...(this.#hasTable6 ? [{ change: 'delete-table', table: this.#table6, family: 'ip6' } as const] : []),
      ]);
  }

  get #table6(): string {
    return `${this.#table}-ipv6`;
  }

  /** Without a bridge of that family there is no table: a host without IPv6 may not know the family at all. */
  #table6Changes(): readonly Change[] {
    const bridges = this.#bridges.filter(({ subnet6 }) => subnet6 !== undefined);
    if (bridges.length > 0) {
      this.#hasTable6 = true;
      return [{ change: 'replace-table', table: firewallTable6(this.#table6, bridges) }];
    }
    if (!this.#hasTable6) return [];
    this.#hasTable6 = false;
    return [{ change: 'delete-table', table: this.#table6, family: 'ip6' }];
  }

  #elementsOf(port: PublishedPort, target: PortTarget): readonly Element[] {
    return portElements({ ip: this.#table, ip6: this.#table6 }, port, target);
  }

  #note(elements: readonly Element[]): void {
    for (const element of elements) this.#elements.set(keyOf(element), element);
  }

  #change(changes: readonly Change[]): void {
    if (!this.#enabled || changes.length === 0) return;
    try {
      this.#nftables.apply(changes);
    } catch (error) {
      if (!isKind(error, 'not-found')) throw error;
      this.#putBack();
    }
  }

  #putBack(): void {
    if (!this.#enabled) return;
    const table = firewallTable(this.#table, this.#bridges);
    this.#nftables.apply([
      { change: 'replace-table', table },
      ...this.#table6Changes(),
      ...[...this.#elements.values()].map(adding),
    ]);
  }
}
