// SPDX-License-Identifier: Apache-2.0

/** Any JSON value: what an observation is made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const TEXT_RULES: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{64}\b/g, '<id>'],
  // One id in 280 has no letter; a round number of nanoseconds or bytes is none.
  [/\b(?!\d{9}000\b)[0-9a-f]{12}\b/g, '<short id>'],
  [/(?!0001-)\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?(Z|[+-]\d\d:?\d\d))?( UTC)?/g, '<time>'],
  [/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, '<mac>'],
  [/\b172\.\d+\.\d+\.\d+\b/g, '<address>'],
  [/Less than a second( ago)?/g, '<age>'],
  [/\b(About )?(a|an|\d+) (second|minute)s?( ago)?\b/g, '<age>'],
];

// Values that differ between two runs of one and the same engine; their kind is compared, their value is not.
const VOLATILE_KEYS: ReadonlySet<string> = new Set([
  'Pid',
  'SandboxID',
  'SandboxKey',
  'EndpointID',
  'time',
  'timeNano',
  'GitCommit',
  'BuildTime',
  'GoVersion',
  'SystemTime',
  'NFd',
  'NGoroutines',
  'NEventsListener',
  'execID',
]);

/** Replaces ids, times, addresses, ages and the engine's own directory in a text by their names. */
export function maskText(text: string, directory: string): string {
  const rooted = text.replaceAll(directory, '<root>');
  return TEXT_RULES.reduce((masked, [pattern, name]) => masked.replace(pattern, name), rooted);
}

const DAY = 24 * 3600;

/** Unix seconds of about now: what was made in this run was made a moment apart on the two engines. */
const isRecent = (key: string, item: unknown): boolean =>
  key === 'Created' && typeof item === 'number' && Math.abs(Date.now() / 1000 - item) < DAY;

/** Masks every text of a JSON value, keys included, and the values of keys that never repeat. */
export function maskJson(value: unknown, directory: string): Json {
  if (typeof value === 'string') return maskText(value, directory);
  if (Array.isArray(value)) return value.map((item) => maskJson(item, directory));
  if (typeof value !== 'object' || value === null) return (value ?? null) as Json;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]): [string, Json] => [
      maskText(key, directory),
      VOLATILE_KEYS.has(key) || isRecent(key, item)
        ? `<${item === '' ? 'empty' : typeof item}>`
        : maskJson(item, directory),
    ]),
  );
}

/** The shape of a JSON value: each leaf replaced by the name of its type, lists by the shape of their first item. */
export function shapeOf(value: unknown): Json {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]));
}
