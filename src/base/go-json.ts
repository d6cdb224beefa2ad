// SPDX-License-Identifier: Apache-2.0
import { EngineError } from './errors.ts';
import { kindOfJson } from './json.ts';

/**
 * Schemas that read and write JSON the way Go's encoding/json does: keys match without regard to case, unknown keys are
 * ignored, `null` leaves the zero value, and a type mismatch is told in Go's words. One schema gives the TypeScript
 * type (`Infer`), the decoder and the encoder.
 */
export interface Codec<Value> {
  /** The Go type as error messages name it. */
  readonly goType: string;
  /** What an absent or `null` value becomes; `undefined` stands for Go's nil (pointer, slice, map). */
  readonly zero: Value;
  decode(json: unknown, at: Place): Value;
  encode(value: Value): unknown;
  /** What Go's `omitempty` leaves out. */
  isEmpty(value: Value): boolean;
}

/** Where in a document a value stands: the Go struct that holds it and the keys from the top. */
export interface Place {
  readonly struct: string;
  readonly keys: readonly string[];
  /** The struct that embeds the present one, whose name errors tell in place of its own. */
  readonly embeddedIn?: string;
}

export type Infer<Schema> = Schema extends Codec<infer Value> ? Value : never;

/** Types of whole numbers: errors tell the number that did not fit. */
const WHOLE = /^(int|fs\.FileMode$)/;

const mismatch = (json: unknown, at: Place, goType: string): EngineError => {
  const kind = kindOfJson(json);
  const what = kind === 'number' && WHOLE.test(goType) ? `number ${String(json)}` : kind;
  const where = at.struct === '' ? 'Go value' : `Go struct field ${at.struct}.${at.keys.join('.')}`;
  return new EngineError(
    'invalid-argument',
    `json: cannot unmarshal ${what} into ${where} of type ${goType}`,
  );
};

const scalar = <Value>(
  goType: string,
  zero: Value,
  accepts: (json: unknown) => json is Value,
): Codec<Value> => ({
  goType,
  zero,
  decode: (json, at) => {
    if (json === null || json === undefined) return zero;
    if (!accepts(json)) throw mismatch(json, at, goType);
    return json;
  },
  encode: (value) => value,
  isEmpty: (value) => value === zero || value === undefined,
});

export const string: Codec<string> = scalar('string', '', (json) => typeof json === 'string');
export const bool: Codec<boolean> = scalar('bool', false, (json) => typeof json === 'boolean');
/** A whole number; beyond 2^53 it is refused, since the engine would lose digits of it. */
export const int64: Codec<number> = scalar('int64', 0, (json): json is number => Number.isSafeInteger(json));
/** Permission bits of a file, which Go holds in 32 bits without a sign. */
export const fileMode: Codec<number> = scalar(
  'fs.FileMode',
  0,
  (json): json is number => Number.isInteger(json) && Number(json) >= 0 && Number(json) < 2 ** 32,
);
export const int: Codec<number> = { ...int64, goType: 'int' };

/** Anything, kept as it came. */
export const raw: Codec<unknown> = {
  goType: 'interface {}',
  zero: undefined,
  decode: (json) => json ?? undefined,
  encode: (value) => value ?? null,
  isEmpty: (value) => value === undefined,
};

/** A Go pointer: `null` or absent is `undefined` and differs from the zero value. */
export const pointer = <Value>(inner: Codec<Value>): Codec<Value | undefined> => ({
  goType: inner.goType,
  zero: undefined,
  decode: (json, at) => (json === null || json === undefined ? undefined : inner.decode(json, at)),
  encode: (value) => (value === undefined ? null : inner.encode(value)),
  isEmpty: (value) => value === undefined,
});

/** A Go slice: `null` or absent is `undefined`, which is written back as `null`. */
export const slice = <Value>(inner: Codec<Value>): Codec<readonly Value[] | undefined> => ({
  goType: `[]${inner.goType}`,
  zero: undefined,
  decode: (json, at) => {
    if (json === null || json === undefined) return undefined;
    if (!Array.isArray(json)) throw mismatch(json, at, `[]${inner.goType}`);
    return json.map((item) => inner.decode(item, at));
  },
  encode: (value) => (value === undefined ? null : value.map((item) => inner.encode(item))),
  isEmpty: (value) => value === undefined || value.length === 0,
});

/** A Go `map[string]T`: `null` or absent is `undefined`, written back as `null`; keys are written sorted. */
export const map = <Value>(inner: Codec<Value>): Codec<Readonly<Record<string, Value>> | undefined> => ({
  goType: `map[string]${inner.goType}`,
  zero: undefined,
  decode: (json, at) => {
    if (json === null || json === undefined) return undefined;
    if (kindOfJson(json) !== 'object') throw mismatch(json, at, `map[string]${inner.goType}`);
    const entries = Object.entries(json as Record<string, unknown>);
    return Object.fromEntries(entries.map(([key, item]) => [key, inner.decode(item, at)]));
  },
  encode: (value) => {
    if (value === undefined) return null;
    const keys = Object.keys(value).toSorted();
    return Object.fromEntries(keys.map((key) => [key, inner.encode(value[key] as Value)]));
  },
  isEmpty: (value) => value === undefined || Object.keys(value).length === 0,
});

/** The set of a map's keys: Go's `map[string]struct{}`. */
export const emptyStruct: Codec<Readonly<Record<never, never>>> = {
  goType: 'struct {}',
  zero: {},
  decode: (json, at) => {
    if (json !== null && json !== undefined && kindOfJson(json) !== 'object')
      throw mismatch(json, at, 'struct {}');
    return {};
  },
  encode: () => ({}),
  isEmpty: () => false,
};

/** A string or a list of strings, as `Cmd` and `Entrypoint` take them; a lone string becomes a list of one. */
export const stringOrSlice: Codec<readonly string[] | undefined> = {
  ...slice(string),
  decode: (json, at) => (typeof json === 'string' ? [json] : slice(string).decode(json, at)),
};

/** How a struct's field is written: its key (by default the property with a capital first letter) and `omitempty`. */
export interface Field<Value> {
  readonly codec: Codec<Value>;
  readonly key?: string;
  readonly omitEmpty?: boolean;
}

/** A field left out of the JSON when it is empty. */
export const omitEmpty = <Value>(codec: Codec<Value>, key?: string): Field<Value> =>
  key === undefined ? { codec, omitEmpty: true } : { codec, key, omitEmpty: true };

/** A field under a key that is not just its property's name with a capital first letter. */
export const named = <Value>(key: string, codec: Codec<Value>): Field<Value> => ({ codec, key });

type Member = Codec<unknown> | Field<unknown>;
type ValueOf<Part> =
  Part extends Field<infer Value> ? Value : Part extends Codec<infer Value> ? Value : never;
type OptionalKeys<Shape> = {
  [Key in keyof Shape]: undefined extends ValueOf<Shape[Key]> ? Key : never;
}[keyof Shape];

export type StructOf<Shape> = {
  readonly [Key in Exclude<keyof Shape, OptionalKeys<Shape>>]: ValueOf<Shape[Key]>;
} & { readonly [Key in OptionalKeys<Shape>]?: ValueOf<Shape[Key]> | undefined };

const isField = (member: Member): member is Field<unknown> => 'codec' in member;

/** A struct's codec knows its keys, in lower case. */
export interface StructCodec<Value> extends Codec<Value> {
  readonly keys: ReadonlySet<string>;
}

/** A Go struct named `name`, its fields in the order in which they are written. */
export const struct = <const Shape extends Readonly<Record<string, Member>>>(
  name: string,
  shape: Shape,
): StructCodec<StructOf<Shape>> => {
  const fields = Object.entries(shape).map(([property, member]) => {
    const field: Field<unknown> = isField(member) ? member : { codec: member };
    const key = field.key ?? property.charAt(0).toUpperCase() + property.slice(1);
    return { property, key, codec: field.codec, omit: field.omitEmpty ?? false };
  });
  const byKey = new Map(fields.map((field) => [field.key.toLowerCase(), field]));
  const zero = Object.fromEntries(
    fields
      .filter((field) => field.codec.zero !== undefined)
      .map((field) => [field.property, field.codec.zero]),
  ) as StructOf<Shape>;
  return {
    goType: name,
    keys: new Set(byKey.keys()),
    zero,
    decode: (json, at) => {
      if (json === null || json === undefined) return zero;
      if (kindOfJson(json) !== 'object') throw mismatch(json, at, name);
      const value: Record<string, unknown> = { ...zero };
      for (const [key, item] of Object.entries(json as Record<string, unknown>)) {
        const field = byKey.get(key.toLowerCase());
        if (!field) continue;
        const decoded = field.codec.decode(item, {
          struct: at.embeddedIn ?? name,
          keys: [...at.keys, field.key],
        });
        if (decoded !== undefined) value[field.property] = decoded;
      }
      return value as StructOf<Shape>;
    },
    encode: (value) => {
      const out: Record<string, unknown> = {};
      for (const { property, key, codec, omit } of fields) {
        const item = (value as Record<string, unknown>)[property] ?? codec.zero;
        if (omit && codec.isEmpty(item)) continue;
        out[key] = codec.encode(item);
      }
      return out;
    },
    isEmpty: () => false,
  };
};

/**
 * A struct whose JSON lies flat inside another's: the fields of both, in order (Go's embedding). With a `name`, errors
 * tell that in place of the embedded structs' own.
 */
export const embed = <First, Second>(
  first: Codec<First>,
  second: Codec<Second>,
  name?: string,
): Codec<First & Second> => ({
  goType: name ?? first.goType,
  zero: { ...first.zero, ...second.zero },
  decode: (json, at) => {
    const place = name === undefined ? at : { ...at, embeddedIn: name };
    return { ...first.decode(json, place), ...second.decode(json, place) };
  },
  encode: (value) => ({ ...(first.encode(value) as object), ...(second.encode(value) as object) }),
  isEmpty: () => false,
});

/** Decodes a whole document. @throws invalid-argument in Go's words, without the `invalid JSON: ` that the API puts before it. */
export const decodeDocument = <Value>(codec: Codec<Value>, json: unknown): Value =>
  codec.decode(json, { struct: '', keys: [] });
