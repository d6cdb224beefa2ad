// SPDX-License-Identifier: Apache-2.0
import type { Change, Element, Nftables, Table } from '../../adapters/nftables/index.ts';
import { isKind, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { addBridge, bridgeParts, removeBridge } from './firewall/bridge-rules.ts';
import { DirectPorts } from './firewall/direct-ports.ts';
import {
  type Family,
  type GuardedBridge,
  type Opening,
  type TablePlace,
  placeOf,
} from './firewall/guarded-bridge.ts';
import type { SecondPass } from './firewall/second-pass.ts';
import { FOREIGN, USERS, firewallTable, openingElement } from './firewall/table-rules.ts';
import type { PortTarget } from './port-elements.ts';
import type { PublishedPort } from './published-port.ts';

export interface FirewallOptions {
  readonly nftables: Nftables;
  /** This engine's own name in its network namespace. */
  readonly table: string;
  /** Families that are the engine's to filter and translate; of others nothing is ever done. */
  readonly families: readonly Family[];
  /** Published ports are reached at the containers' own addresses too. */
  readonly allowDirect: boolean;
  /** What is forwarded and concerns no bridge is left alone, even where forwarding began with this engine. */
  readonly keepsForeign: boolean;
  /** The engine itself passes on what comes to published ports and is not translated. */
  readonly proxies: boolean;
  /** Packets to published ports pass the host's own rules first. */
  readonly secondPass?: SecondPass | undefined;
  readonly log: Log;
}

const keyOf = ({ table, map, key }: Element): string => `${table} ${map} ${key}`;
const adding = (element: Element): Change => ({ change: 'add-element', element });
const sameBridge = (one: GuardedBridge | undefined, other: GuardedBridge): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/**
 * The engine's packet filter and address translation, and the memory of what is in it: a table that somebody else
 * flushed is put back whole. Bridges and ports come and go in transactions of their own size, whatever else there is.
 */
export class Firewall {
  readonly #options: FirewallOptions;
  readonly #direct: DirectPorts;
  readonly #elements = new Map<string, Element>();
  /** By device. */
  readonly #bridges = new Map<string, GuardedBridge>();
  /** Where this engine made the host a router: what is no concern of its bridges is not forwarded. */
  readonly #closed = new Set<Family>();
  #started = false;

  constructor(options: FirewallOptions) {
    this.#options = options;
    this.#direct = new DirectPorts(options, () => this.#bridges.values());
  }

  get enabled(): boolean {
    return this.#options.families.length > 0;
  }

  /** Whether the engine filters and translates packets of a family. */
  serves(family: Family): boolean {
    return this.#options.families.includes(family);
  }

  /** Names of its tables. */
  get tables(): readonly string[] {
    return this.#options.families.map((family) => this.#placeOf(family).table);
  }

  /** Puts rules and elements in place in one transaction: what was published before stays reachable throughout. */
  replace(
    bridges: readonly GuardedBridge[],
    published: readonly (readonly [PublishedPort, PortTarget])[],
  ): void {
    this.#bridges.clear();
    for (const bridge of bridges) this.#bridges.set(bridge.device, bridge);
    this.#elements.clear();
    for (const [port, target] of published) this.#note(this.#direct.opened(port, target));
    for (const family of this.#options.families) {
      const { table, family: tableFamily } = this.#placeOf(family);
      const before = this.#options.nftables.contents(table, tableFamily);
      if (before?.chains.has(FOREIGN) === true && !this.#options.keepsForeign) this.#closed.add(family);
    }
    this.#started = true;
    this.#removeStale();
    this.putBack();
  }

  /** The table of a family that an earlier run filtered and this one leaves alone. */
  #removeStale(): void {
    const stale = (['ip', 'ip6'] as const)
      .filter((family) => this.enabled && !this.serves(family))
      .map((family) => this.#placeOf(family))
      .filter((place) => this.#options.nftables.contents(place.table, place.family) !== undefined)
      .filter((place) => !this.#hasUsersRules(place));
    if (stale.length > 0)
      this.#options.nftables.apply(stale.map((place) => ({ change: 'delete-table', ...place })));
  }

  /** Other bridges from now on; what is published stays so throughout. */
  guard(bridges: readonly GuardedBridge[]): void {
    const before = new Map(this.#bridges);
    this.#bridges.clear();
    for (const bridge of bridges) this.#bridges.set(bridge.device, bridge);
    const gone = [...before.values()].filter(
      (bridge) => !sameBridge(this.#bridges.get(bridge.device), bridge),
    );
    const added = bridges.filter((bridge) => !sameBridge(before.get(bridge.device), bridge));
    this.#change([
      ...gone.flatMap((bridge) => this.#bridgeChanges(removeBridge, bridge)),
      ...added.flatMap((bridge) => this.#bridgeChanges(addBridge, bridge)),
    ]);
  }

  publish(ports: readonly PublishedPort[], target: PortTarget): void {
    const added = ports.flatMap((port) => this.#direct.opened(port, target));
    this.#add(added, () => ports.flatMap((port) => this.#direct.closed(port, target)));
  }

  withdraw(ports: readonly PublishedPort[], target: PortTarget): void {
    this.#remove(ports.flatMap((port) => this.#direct.closed(port, target)));
  }

  /** Published ports change in one step; what is the same before and after is not touched. */
  exchange(
    before: readonly (readonly [PublishedPort, PortTarget])[],
    after: readonly (readonly [PublishedPort, PortTarget])[],
  ): void {
    const closed = before.flatMap(([port, target]) => this.#direct.closed(port, target));
    const gone = new Map(closed.map((element) => [keyOf(element), element]));
    const opened = after.flatMap(([port, target]) => this.#direct.opened(port, target));
    const next = new Map(opened.map((element) => [keyOf(element), element]));
    const removed = [...gone.values()].filter(
      (element) => next.get(keyOf(element))?.value !== element.value && this.#elements.delete(keyOf(element)),
    );
    const added = [...next.values()].filter(
      (element) => this.#elements.get(keyOf(element))?.value !== element.value,
    );
    this.#note(added);
    try {
      this.#change([
        ...removed.map((element): Change => ({ change: 'delete-element', element })),
        ...added.map(adding),
      ]);
    } catch (error) {
      for (const element of added) this.#elements.delete(keyOf(element));
      this.#note(removed);
      for (const [port, target] of after) this.#direct.closed(port, target);
      for (const [port, target] of before) this.#direct.opened(port, target);
      throw error;
    }
  }

  /** Lets containers reach ports of others where a bridge keeps them apart. What is open already is no error. */
  letThrough(openings: readonly Opening[]): void {
    if (!this.serves('ip')) return;
    const added = openings.map((opening) => openingElement(this.#placeOf('ip'), opening));
    this.#add(added, () => added);
  }

  shut(openings: readonly Opening[]): void {
    this.#remove(openings.map((opening) => openingElement(this.#placeOf('ip'), opening)));
  }

  /** The engine has made the host forward packets of a family, for the sake of its bridges alone. */
  forwardingBegan(family: Family): void {
    if (this.#options.keepsForeign || !this.serves(family)) return;
    this.#closed.add(family);
    if (this.#started) this.putBack();
  }

  /** Takes the tables away, unless containers that outlive this daemon, or the host's administrator, need them; tells whether. */
  close(): boolean {
    if (!this.enabled || !this.#started) return false;
    if (this.#elements.size > 0 || this.#closed.size > 0) return false;
    const places = this.#options.families.map((family) => this.#placeOf(family));
    if (places.some((place) => this.#hasUsersRules(place))) return false;
    this.#options.nftables.apply(
      places.map(({ table, family }) => ({
        change: 'delete-table',
        table,
        ...(family ? { family } : {}),
      })),
    );
    return true;
  }

  /** Makes the tables as they are to be, whatever is there: in one transaction, the administrator's own part untouched. */
  putBack(): void {
    const { families, nftables, log } = this.#options;
    if (families.length === 0) return;
    try {
      this.#renew();
    } catch (error) {
      // Something of the administrator's uses what is the engine's: without its rules no container is safe.
      log.error('the rules of users in the firewall had to go', { error: messageOf(error) });
      nftables.apply(this.#whole((table) => ({ change: 'replace-table', table })));
    }
  }

  /** An engine of another version may have had maps of other types: then they are made anew. */
  #renew(): void {
    const { nftables, log } = this.#options;
    try {
      nftables.apply(this.#whole((table) => ({ change: 'renew-table', table, keeps: USERS })));
    } catch (error) {
      log.warn("the firewall's maps are made anew", { error: messageOf(error) });
      const renew = (table: Table): Change => ({
        change: 'renew-table',
        table,
        keeps: USERS,
        redeclares: true,
      });
      nftables.apply(this.#whole(renew));
    }
  }

  #whole(put: (table: Table) => Change): readonly Change[] {
    const { families, allowDirect, proxies, table: name, secondPass } = this.#options;
    const bridges = [...this.#bridges.values()];
    const tables = families.flatMap((family): readonly Change[] => {
      const context = { family, allowDirect };
      const parts = bridges.map((bridge) => bridgeParts(this.#placeOf(family), bridge, context));
      const dropsForeign = this.#closed.has(family);
      const base = firewallTable(name, { family, dropsForeign, proxies, secondPass });
      // Chains stand in the table's own command: nft makes elements of intervals with their map, before later commands.
      const table = { ...base, chains: [...base.chains, ...parts.flatMap(({ chains }) => chains)] };
      return [put(table), ...parts.flatMap(({ elements }) => elements.map(adding))];
    });
    return [...tables, ...[...this.#elements.values()].map(adding)];
  }

  #bridgeChanges(make: typeof addBridge, bridge: GuardedBridge): readonly Change[] {
    const { families, allowDirect } = this.#options;
    return families.flatMap((family) => make(this.#placeOf(family), bridge, { family, allowDirect }));
  }

  #placeOf(family: Family): TablePlace {
    return placeOf(this.#options.table, family);
  }

  #hasUsersRules({ table, family }: TablePlace): boolean {
    const { chains, maps, sets } = this.#options.nftables.contents(table, family) ?? {
      chains: new Map<string, number>(),
      maps: [],
      sets: [],
    };
    const names = [...maps, ...sets, ...[...chains].flatMap(([name, rules]) => (rules > 0 ? [name] : []))];
    return names.some((name) => name.startsWith(USERS));
  }

  /** `undo` gives what must not be there when it fails. */
  #add(added: readonly Element[], undo: () => readonly Element[]): void {
    this.#note(added);
    try {
      this.#change(added.map(adding));
    } catch (error) {
      for (const element of undo()) this.#elements.delete(keyOf(element));
      throw error;
    }
  }

  #remove(elements: readonly Element[]): void {
    const gone = elements.filter((element) => this.#elements.delete(keyOf(element)));
    this.#change(gone.map((element) => ({ change: 'delete-element', element })));
  }

  #note(elements: readonly Element[]): void {
    for (const element of elements) this.#elements.set(keyOf(element), element);
  }

  #change(changes: readonly Change[]): void {
    if (!this.#started || changes.length === 0) return;
    try {
      this.#options.nftables.apply(changes);
    } catch (error) {
      if (!isKind(error, 'not-found')) throw error;
      this.putBack();
    }
  }
}
