// SPDX-License-Identifier: Apache-2.0

/** Any value that JSON can carry, as `JSON.parse` gives it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The platform's `JSON.rawJSON`, which TypeScript's library does not declare yet. */
const { rawJSON } = JSON as typeof JSON & { readonly rawJSON: (text: string) => unknown };

/** A `bigint` as `JSON.stringify` writes its bare digits. */
export const exact = (value: bigint): unknown => rawJSON(value.toString());

const exactIntegers = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? exact(value) : value;

/** JSON text in which a `bigint` is written as its bare digits, as Go writes an int64. */
export const stringify = (value: unknown): string => JSON.stringify(value, exactIntegers);

/** The Go name of a JSON value's kind, as its decoder's messages use it. */
export const kindOfJson = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
};
