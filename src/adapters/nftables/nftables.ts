// SPDX-License-Identifier: Apache-2.0

/** A place in the kernel's path of a packet where a chain is called. */
export interface ChainHook {
  readonly type: 'filter' | 'nat';
  readonly hook: 'prerouting' | 'forward' | 'output' | 'postrouting' | 'input';
  /** Lower ones come first; -100 and 100 are those of destination and source NAT, 0 that of filters. */
  readonly priority: number;
}

/** A chain: rules in nft's language, tried in order. What no rule decides is accepted, or goes back to the caller's chain. */
export interface Chain {
  readonly name: string;
  /** Absent: it is called by rules and maps alone. */
  readonly hook?: ChainHook;
  readonly rules: readonly string[];
}

/**
 * A map that rules look up, or a set. `type` is `key : value` in nft's language, concatenations joined by ` . `; that of
 * a set is `key` alone.
 */
export interface ElementMap {
  readonly name: string;
  readonly type: string;
  /** Keys may be ranges (`tcp . 8000-8999`). A look-up costs more than in a map without. */
  readonly intervals?: boolean;
}

/** A table of IPv4's family, or of IPv6's. */
export interface Table {
  readonly name: string;
  readonly family?: 'ip6';
  readonly maps: readonly ElementMap[];
  readonly chains: readonly Chain[];
}

/** One entry of a map, as `ElementMap.type` says: `tcp . 80` and `172.17.0.2 . 8080`; the value is empty in a set. */
export interface Element {
  readonly table: string;
  /** Of the table. */
  readonly family?: 'ip6';
  readonly map: string;
  readonly key: string;
  readonly value: string;
}

/** One step of a transaction. */
export type Change =
  /** Makes the table as given; one of that name is gone with all it held. */
  | { readonly change: 'replace-table'; readonly table: Table }
  /**
   * The same for a table that is not there yet, and much faster: for what is replaced the kernel waits until no packet is
   * on its way through it, 15 ms and more. @throws conflict when there is one of that name
   */
  | { readonly change: 'create-table'; readonly table: Table }
  /**
   * The same for a table that may be there: what begins with `keeps` in it (chains with their rules, maps and sets with
   * their elements) stays as it is, all else is gone. Sets and maps that `table` has too are emptied alone, so that what
   * stays may use them; `redeclares` makes them anew, for they may be of another type. Those of intervals always are.
   * @throws conflict when what stays uses something of what goes
   */
  | {
      readonly change: 'renew-table';
      readonly table: Table;
      readonly keeps: string;
      readonly redeclares?: boolean;
    }
  /** What is not there is no error. */
  | { readonly change: 'delete-table'; readonly table: string; readonly family?: 'ip6' }
  /** Adds `chain`, which is not there yet. @throws not-found when the table is not there */
  | { readonly change: 'add-chain'; readonly table: string; readonly family?: 'ip6'; readonly chain: Chain }
  /** With its rules. @throws not-found; conflict while rules or maps call it */
  | {
      readonly change: 'delete-chain';
      readonly table: string;
      readonly family?: 'ip6';
      readonly chain: string;
    }
  /** An element that is there with the same value already is no error; with another one it is a conflict. */
  | { readonly change: 'add-element'; readonly element: Element }
  /** @throws not-found when it is not there */
  | { readonly change: 'delete-element'; readonly element: Element };

/** What somebody else has taken out of a table, or may have. */
export type Removal =
  | {
      readonly table: string;
      readonly family: 'ip' | 'ip6' | 'other';
      /** Of the chain, the set or map, or of what was in it; absent for the table itself. */
      readonly name?: string;
    }
  /** More happened than the kernel could tell of. */
  | 'unknown';

/** What a table holds, by name. */
export interface TableContents {
  /** How many rules each chain has. */
  readonly chains: ReadonlyMap<string, number>;
  readonly maps: readonly string[];
  readonly sets: readonly string[];
}

/** The packet filter and address translation of one network namespace. Tables of both families share their names: one of each name. */
export interface Nftables extends Disposable {
  /**
   * Makes all of `changes` or none: packets see the state before or after. Some 100 µs.
   * @throws conflict, not-found, forbidden; invalid-argument for a rule that nft does not understand; unavailable without libnftables
   */
  apply(changes: readonly Change[]): void;
  /** Names of all tables, foreign ones too. */
  tables(): readonly string[];
  /** What is in a table; `undefined` when it is not there. */
  contents(table: string, family?: 'ip6'): TableContents | undefined;
  /** Elements of a map. @throws not-found when there is no such table or map */
  elements(table: string, map: string, family?: 'ip6'): readonly Element[];
  /**
   * From now on `listener` is told, some time later, of what others take out of tables; never of what is done through
   * this very object. In the network namespace in which the thread is. @throws internal when the kernel does not tell
   */
  watch(listener: (removal: Removal) => void): Disposable;
}
