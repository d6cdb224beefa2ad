// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { bool, type Codec, int, map, pointer, raw, slice, string } from '../../base/go-json.ts';
import { parseByteSize } from '../../spec/byte-size.ts';

/** How an option's value is written on the command line and in daemon.json. */
export interface Kind<Value> {
  /** What `--help` shows for the value; empty for a switch. */
  readonly placeholder: string;
  /** Reads one occurrence of the flag, on top of what earlier occurrences gave. @throws invalid-argument, in Go's words */
  parse(text: string, before: Value | undefined): Value;
  /** Reads the value of the key in daemon.json. */
  readonly codec: Codec<Value | undefined>;
  /** How Go prints the value, for the message about a value that is given twice. */
  print(value: Value): string;
}

const invalid = (message: string): EngineError => new EngineError('invalid-argument', message);

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** The boolean that Go's strconv.ParseBool reads. @throws invalid-argument */
export const parseBool = (text: string): boolean => {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  throw invalid(`strconv.ParseBool: parsing "${text}": invalid syntax`);
};

const parseInteger = (text: string): number => {
  if (!/^[+-]?\d+$/.test(text)) throw invalid(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
};

/** `key=value`, split at the first `=`. A text without one is all key. */
export const splitPair = (text: string): readonly [key: string, value: string] => {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

/** Go's `%v` of a map. */
const printMap = (value: Readonly<Record<string, unknown>>): string =>
  `map[${Object.keys(value)
    .toSorted()
    .map((key) => `${key}:${String(value[key])}`)
    .join(' ')}]`;

export const switchKind: Kind<boolean> = {
  placeholder: '',
  parse: parseBool,
  codec: pointer(bool),
  print: String,
};
export const integerKind: Kind<number> = {
  placeholder: 'int',
  parse: parseInteger,
  codec: pointer(int),
  print: String,
};
export const textKind: Kind<string> = {
  placeholder: 'string',
  parse: (text) => text,
  codec: pointer(string),
  print: (value) => value,
};

/** A flag that may be given several times; its key holds a list. `check` gives an item as it shall stand. */
export const listKind = (check: (item: string) => string = (item) => item): Kind<readonly string[]> => ({
  placeholder: 'list',
  parse: (text, before = []) => [...before, check(text)],
  codec: {
    ...slice(string),
    decode: (json, at) => slice(string).decode(json, at)?.map(check),
  },
  print: (value) => `[${value.join(' ')}]`,
});

/** `--flag key=value`, several times; its key holds an object. */
export const mapKind: Kind<Readonly<Record<string, string>>> = {
  placeholder: 'map',
  parse: (text, before = {}) => {
    const [key, value] = splitPair(text);
    return { ...before, [key]: value };
  },
  codec: map(string),
  print: printMap,
};

/** `--flag name=true`; a name alone means true. */
export const switchesKind: Kind<Readonly<Record<string, boolean>>> = {
  placeholder: 'map',
  parse: (text, before = {}) => {
    const [key, value] = splitPair(text);
    return { ...before, [key]: text.includes('=') ? parseBool(value) : true };
  },
  codec: map(bool),
  print: printMap,
};

/** Go's `map[string]string` whose absence is an empty one. */
const stringMap: Codec<Readonly<Record<string, string>>> = {
  ...map(string),
  zero: {},
  decode: (json, at) => map(string).decode(json, at) ?? {},
  isEmpty: (value) => Object.keys(value).length === 0,
};

/** `--flag driver=key=value`. */
export const nestedMapKind: Kind<Readonly<Record<string, Readonly<Record<string, string>>>>> = {
  placeholder: 'mapmap',
  parse: (text, before = {}) => {
    const [driver, pair] = splitPair(text);
    const [key, value] = splitPair(pair);
    if (key === '') throw invalid(`invalid value: ${text}: must be formatted driver=opt=value`);
    return { ...before, [driver]: { ...before[driver], [key]: value } };
  },
  codec: map(stringMap),
  print: printMap,
};

/** Bytes: `64M`, `1g` or a bare number. */
export const sizeKind: Kind<number> = {
  placeholder: 'bytes',
  parse: (text) => parseByteSize(text),
  codec: {
    ...pointer(int),
    decode: (json, at) => (typeof json === 'string' ? parseByteSize(json) : pointer(int).decode(json, at)),
  },
  print: String,
};

/** An object that only daemon.json can hold. */
export const objectKind: Kind<unknown> = {
  placeholder: 'object',
  parse: (text) => text,
  codec: raw,
  print: String,
};
