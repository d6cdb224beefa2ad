// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';
import { kindOfJson } from '../base/json.ts';

/** Filter values by key. Several values of one key are alternatives, except labels, which must all match. */
export type Filters = Readonly<Record<string, readonly string[]>>;

const invalid = (): EngineError => new EngineError('invalid-argument', 'invalid filter');

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError('invalid-argument', 'invalid filter', { cause });
  }
};

const valuesOf = (json: unknown): readonly string[] => {
  if (json === null) return [];
  if (Array.isArray(json)) {
    if (!json.every((item): item is string => typeof item === 'string')) throw invalid();
    return json;
  }
  if (kindOfJson(json) !== 'object') throw invalid();
  const entries = Object.entries(json as Record<string, unknown>);
  if (!entries.every(([, on]) => typeof on === 'boolean')) throw invalid();
  return entries.map(([value]) => value);
};

/** Reads the `filters` parameter in either encoding: `{"label":{"a=b":true}}` or `{"label":["a=b"]}`. @throws invalid-argument */
export const parseFilters = (text: string): Filters => {
  if (text === '') return {};
  const json = parseJson(text);
  if (json === null) return {};
  if (kindOfJson(json) !== 'object') throw invalid();
  const entries = Object.entries(json as Record<string, unknown>);
  const lists = entries.filter(([, value]) => Array.isArray(value)).length;
  const maps = entries.filter(([, value]) => kindOfJson(value) === 'object').length;
  if (lists > 0 && maps > 0) throw invalid();
  return Object.fromEntries(entries.map(([key, value]) => [key, valuesOf(value)]));
};

/** @throws invalid-argument `invalid filter 'KEY'` for a key that `known` does not hold */
export const refuseUnknownFilters = (filters: Filters, known: readonly string[]): void => {
  const unknown = Object.keys(filters).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new EngineError('invalid-argument', `invalid filter '${unknown}'`);
};

/** A filter that is true or false (`dangling`); `undefined` when absent. @throws invalid-argument for anything else */
export const booleanFilter = (filters: Filters, key: string): boolean | undefined => {
  const values = filters[key];
  if (values === undefined || values.length === 0) return undefined;
  const read = values.map((value) =>
    value === '1' || value === 'true' ? true : value === '0' || value === 'false' ? false : undefined,
  );
  if (read.some((value) => value === undefined || value !== read[0]))
    throw new EngineError('invalid-argument', `invalid filter '${key}=[${values.join(' ')}]'`);
  return read[0];
};

/** True when `labels` hold every wanted `key` or `key=value`. */
export const matchLabels = (
  wanted: readonly string[] | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean =>
  (wanted ?? []).every((text) => {
    const at = text.indexOf('=');
    const value = labels?.[at < 0 ? text : text.slice(0, at)];
    return at < 0 ? value !== undefined : value === text.slice(at + 1);
  });
