// SPDX-License-Identifier: Apache-2.0
import type { Element } from './nftables.ts';

/** A value in the JSON of a listing (libnftables-json(5)): plain, a concatenation, or a verdict (`{"accept": null}`). */
type ListedValue =
  | string
  | number
  | { readonly concat: readonly (string | number)[] }
  | { readonly accept: null };

/** What of a listing is read here. */
interface Listing {
  readonly nftables: readonly {
    readonly table?: { readonly name: string };
    readonly map?: { readonly elem?: readonly (readonly [key: ListedValue, value: ListedValue])[] };
  }[];
}

const textOf = (value: ListedValue): string => {
  if (typeof value !== 'object') return `${value}`;
  return 'concat' in value ? value.concat.join(' . ') : 'accept';
};

const read = (json: string): Listing => JSON.parse(json) as Listing;

/** Names of the tables in the JSON of `list tables`. */
export const tablesOf = (json: string): readonly string[] =>
  read(json).nftables.flatMap(({ table }) => (table ? [table.name] : []));

/** Elements in the JSON of `list map`. */
export const elementsOf = (json: string, table: string, map: string): readonly Element[] =>
  read(json)
    .nftables.flatMap((entry) => entry.map?.elem ?? [])
    .map(([key, value]) => ({ table, map, key: textOf(key), value: textOf(value) }));
