// SPDX-License-Identifier: Apache-2.0

/** A place in the kernel's path of a packet where a chain is called. */
export interface ChainHook {
  readonly type: 'filter' | 'nat';
  readonly hook: 'prerouting' | 'forward' | 'output' | 'postrouting' | 'input';
  /** Lower ones come first; -100 and 100 are those of destination and source NAT, 0 that of filters. */
  readonly priority: number;
}

/** A chain: rules in nft's language, tried in order. What no rule decides is accepted. */
export interface Chain {
  readonly name: string;
  readonly hook: ChainHook;
  readonly rules: readonly string[];
}

/** A map that rules look up. `type` is `key : value` in nft's language, concatenations joined by ` . `. */
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

/** One entry of a map, as `ElementMap.type` says: `tcp . 80` and `172.17.0.2 . 8080`. */
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
  /** What is not there is no error. */
  | { readonly change: 'delete-table'; readonly table: string; readonly family?: 'ip6' }
  /** An element that is there with the same value already is no error; with another one it is a conflict. */
  | { readonly change: 'add-element'; readonly element: Element }
  /** @throws not-found when it is not there */
  | { readonly change: 'delete-element'; readonly element: Element };

/** The packet filter and address translation of one network namespace. Tables of both families share their names: one of each name. */
export interface Nftables extends Disposable {
  /**
   * Makes all of `changes` or none: packets see the state before or after. Some 100 µs.
   * @throws conflict, not-found, forbidden; invalid-argument for a rule that nft does not understand; unavailable without libnftables
   */
  apply(changes: readonly Change[]): void;
  /** Names of all tables, foreign ones too. */
  tables(): readonly string[];
  /** Elements of a map of IPv4's family. @throws not-found when there is no such table or map */
  elements(table: string, map: string): readonly Element[];
}
