// SPDX-License-Identifier: Apache-2.0
import type { Element, Table, TableContents } from './nftables.ts';

/** A value in the JSON of a listing (libnftables-json(5)): plain, a concatenation, a range, or a verdict (`{"accept": null}`). */
type ListedValue =
  | string
  | number
  | { readonly concat: readonly ListedValue[] }
  | { readonly range: readonly (string | number)[] }
  | { readonly jump: { readonly target: string } }
  | { readonly goto: { readonly target: string } }
  | { readonly accept: null }
  | { readonly drop: null };

interface Named {
  readonly name: string;
}

/** What of a listing is read here. */
interface Listing {
  readonly nftables: readonly {
    readonly table?: Named;
    readonly chain?: Named;
    readonly rule?: { readonly chain: string };
    readonly set?: Named;
    readonly map?: Named & { readonly elem?: readonly (readonly [key: ListedValue, value: ListedValue])[] };
  }[];
}

const textOf = (value: ListedValue): string => {
  if (typeof value !== 'object') return `${value}`;
  if ('concat' in value) return value.concat.map(textOf).join(' . ');
  if ('range' in value) return value.range.join('-');
  if ('jump' in value) return `jump ${value.jump.target}`;
  if ('goto' in value) return `goto ${value.goto.target}`;
  return 'accept' in value ? 'accept' : 'drop';
};

const read = (json: string): Listing => JSON.parse(json) as Listing;

/** Names of the tables in the JSON of `list tables`. */
export const tablesOf = (json: string): readonly string[] =>
  read(json).nftables.flatMap(({ table }) => (table ? [table.name] : []));

/** What the JSON of a terse `list table` tells. */
export const contentsOf = (json: string): TableContents => {
  const entries = read(json).nftables;
  const chains = new Map<string, number>(entries.flatMap(({ chain }) => (chain ? [[chain.name, 0]] : [])));
  for (const { rule } of entries) if (rule) chains.set(rule.chain, (chains.get(rule.chain) ?? 0) + 1);
  return {
    chains,
    maps: entries.flatMap(({ map }) => map?.name ?? []),
    sets: entries.flatMap(({ set }) => set?.name ?? []),
  };
};

/** Elements in the JSON of `list map`. */
export const elementsOf = (
  json: string,
  table: string,
  map: string,
  family: Table['family'],
): readonly Element[] => {
  const at = { table, ...(family ? { family } : {}), map };
  return read(json)
    .nftables.flatMap((entry) => entry.map?.elem ?? [])
    .map(([key, value]) => ({ ...at, key: textOf(key), value: textOf(value) }));
};
