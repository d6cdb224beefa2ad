// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import {
  int,
  int64,
  map,
  omitEmpty,
  slice,
  string,
  struct,
  type Codec,
  type Infer,
  raw,
} from '../../base/go-json.ts';
import { type Kind, splitPair } from './kinds.ts';

const runtime = struct('Runtime', {
  path: omitEmpty(string, 'path'),
  runtimeArgs: omitEmpty(slice(string), 'runtimeArgs'),
  runtimeType: omitEmpty(string, 'runtimeType'),
  options: omitEmpty(raw, 'options'),
});
const defaultUlimit = struct('Ulimit', { name: string, hard: int64, soft: int64 });
const addressPool = struct('NetworkToSplit', { base: string, size: int });

/** A runtime of `--add-runtime` or daemon.json. */
export type RuntimeOption = Infer<typeof runtime>;
export type UlimitOption = Infer<typeof defaultUlimit>;
/** A subnet and the prefix length of the networks it is cut into. */
export type AddressPoolOption = Infer<typeof addressPool>;

const invalid = (message: string): EngineError => new EngineError('invalid-argument', message);

const names = (value: Readonly<Record<string, unknown>>): string => `[${Object.keys(value).join(', ')}]`;

/** An object of `item`s by name, never `undefined` inside. */
const byName = <Value>(item: Codec<Value>): Codec<Readonly<Record<string, Value>> | undefined> => map(item);

const parseRuntime = (text: string): readonly [name: string, path: string] => {
  const [name, path] = splitPair(text);
  const [trimmed, binary] = [name.trim().toLowerCase(), path.trim()];
  if (trimmed === '' || binary === '') throw invalid(`invalid runtime argument: ${text}`);
  if (trimmed === 'runc' || trimmed === 'io.containerd.runc.v2')
    throw invalid(`runtime name '${trimmed}' is reserved`);
  return [trimmed, binary];
};

/** `--add-runtime crun=/usr/bin/crun` */
export const runtimesKind: Kind<Readonly<Record<string, RuntimeOption>>> = {
  placeholder: 'runtime',
  parse: (text, before = {}) => {
    const [name, path] = parseRuntime(text);
    if (before[name]) throw invalid(`runtime '${name}' was already defined`);
    return { ...before, [name]: { ...runtime.zero, path } };
  },
  codec: byName(runtime),
  print: names,
};

const ULIMIT = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/;

/** `--default-ulimit nofile=1024:2048`: soft, then hard. */
export const ulimitsKind: Kind<Readonly<Record<string, UlimitOption>>> = {
  placeholder: 'ulimit',
  parse: (text, before = {}) => {
    const match = ULIMIT.exec(text);
    if (!match) throw invalid(`invalid ulimit argument: ${text}`);
    const name = match[1] ?? '';
    const soft = Number(match[2]);
    const hard = match[3] === undefined ? soft : Number(match[3]);
    if (hard !== -1 && (soft > hard || soft === -1))
      throw invalid(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
    return { ...before, [name]: { name, soft, hard } };
  },
  codec: byName(defaultUlimit),
  print: names,
};

/** `--default-address-pool base=10.10.0.0/16,size=24` */
export const addressPoolsKind: Kind<readonly AddressPoolOption[]> = {
  placeholder: 'pool-options',
  parse: (text, before = []) => {
    const parts = new Map(text.split(',').map(splitPair));
    const base = parts.get('base') ?? '';
    const size = Number(parts.get('size'));
    const unknown = [...parts.keys()].find((key) => key !== 'base' && key !== 'size');
    if (unknown !== undefined) throw invalid(`unexpected key '${unknown}' in '${text}'`);
    if (!/^[^/]+\/\d+$/.test(base)) throw invalid(`invalid CIDR address: ${base}`);
    if (!Number.isInteger(size))
      throw invalid(`invalid size value: ${parts.get('size') ?? ''} (must be integer)`);
    return [...before, { base, size }];
  },
  codec: slice(addressPool),
  print: (pools) => `[${pools.map((pool) => `{${pool.base} ${pool.size}}`).join(' ')}]`,
};
