// SPDX-License-Identifier: Apache-2.0

/** What stands in a template's pipelines. `undefined` is Go's nil. */
export type Value =
  | string
  | number
  | boolean
  | readonly string[]
  | Readonly<Record<string, string>>
  | undefined;

/** Go's name of a value's type, for messages. */
export const typeName = (value: Value): string => {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (value === undefined) return '<nil>';
  return isList(value) ? '[]string' : 'map[string]string';
};

export const isList = (value: Value): value is readonly string[] => Array.isArray(value);

export const isMap = (value: Value): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && !isList(value);

/** Go's truth: what is not empty and not zero. */
export const isTrue = (value: Value): boolean => {
  if (isList(value)) return value.length > 0;
  return isMap(value) ? Object.keys(value).length > 0 : Boolean(value);
};

/** Go's `%v`. */
export const printValue = (value: Value): string => {
  if (value === undefined) return '<no value>';
  if (isList(value)) return `[${value.join(' ')}]`;
  if (!isMap(value)) return String(value);
  const pairs = Object.keys(value)
    .toSorted()
    .map((key) => `${key}:${value[key] ?? ''}`);
  return `map[${pairs.join(' ')}]`;
};
