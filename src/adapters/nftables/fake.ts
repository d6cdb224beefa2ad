// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { Chain, Change, Element, ElementMap, Nftables, Removal, Table } from './nftables.ts';

interface FakeTable {
  readonly table: Table;
  readonly chains: Map<string, Chain>;
  /** Values by key, by map or set. */
  readonly maps: Map<string, { readonly map: ElementMap; readonly elements: Map<string, string> }>;
}

type Tables = Map<string, FakeTable>;

/** Tables in memory; rules are kept, not understood. */
export interface FakeNftables extends Nftables {
  /** The table as it is now. */
  tableOf(name: string): Table | undefined;
  /** Somebody else, who sees and changes the same tables. */
  readonly other: Nftables;
}

const fail = (kind: 'conflict' | 'not-found', what: string): EngineError =>
  new EngineError(
    kind,
    `nftables: ${what}: ${kind === 'conflict' ? 'File exists' : 'No such file or directory'}`,
  );

const tableIn = (tables: Tables, name: string): FakeTable => {
  const found = tables.get(name);
  if (!found) throw fail('not-found', name);
  return found;
};

const elementsIn = (tables: Tables, table: string, map: string): Map<string, string> => {
  const found = tables.get(table)?.maps.get(map);
  if (!found) throw fail('not-found', `${table} ${map}`);
  return found.elements;
};

const add = (tables: Tables, { table, map, key, value }: Element): void => {
  const elements = elementsIn(tables, table, map);
  if ((elements.get(key) ?? value) !== value) throw fail('conflict', key);
  elements.set(key, value);
};

const withPrefix = <Value>(values: ReadonlyMap<string, Value>, prefix: string): [string, Value][] =>
  [...values].filter(([name]) => name.startsWith(prefix));

/** `keeps`: what begins with it stays. */
const put = (tables: Tables, table: Table, keeps?: string): void => {
  const before = keeps === undefined ? undefined : tables.get(table.name);
  const kept = {
    chains: before && keeps !== undefined ? withPrefix(before.chains, keeps) : [],
    maps: before && keeps !== undefined ? withPrefix(before.maps, keeps) : [],
  };
  tables.set(table.name, {
    table,
    chains: new Map([...table.chains.map((chain) => [chain.name, chain] as const), ...kept.chains]),
    maps: new Map([
      ...table.maps.map((map) => [map.name, { map, elements: new Map<string, string>() }] as const),
      ...kept.maps,
    ]),
  });
};

const applyOne = (tables: Tables, change: Change): void => {
  switch (change.change) {
    case 'create-table':
      if (tables.has(change.table.name)) throw fail('conflict', change.table.name);
      return put(tables, change.table);
    case 'replace-table':
      return put(tables, change.table);
    case 'renew-table':
      return put(tables, change.table, change.keeps);
    case 'delete-table':
      tables.delete(change.table);
      return;
    case 'add-chain':
      tableIn(tables, change.table).chains.set(change.chain.name, change.chain);
      return;
    case 'delete-chain':
      if (!tableIn(tables, change.table).chains.delete(change.chain)) throw fail('not-found', change.chain);
      return;
    case 'add-element':
      add(tables, change.element);
      return;
    case 'delete-element': {
      const { table, map, key } = change.element;
      if (!elementsIn(tables, table, map).delete(key)) throw fail('not-found', key);
    }
  }
};

const copyOf = (tables: Tables): Tables =>
  new Map(
    [...tables].map(([name, { table, chains, maps }]) => [
      name,
      {
        table,
        chains: new Map(chains),
        maps: new Map(
          [...maps].map(([key, { map, elements }]) => [key, { map, elements: new Map(elements) }] as const),
        ),
      },
    ]),
  );

const removalOf = (change: Change): readonly Removal[] => {
  switch (change.change) {
    case 'replace-table':
      return [{ table: change.table.name, family: change.table.family ?? 'ip' }];
    case 'delete-table':
      return [{ table: change.table, family: change.family ?? 'ip' }];
    case 'delete-chain':
      return [{ table: change.table, family: change.family ?? 'ip', name: change.chain }];
    case 'delete-element': {
      const { table, family, map } = change.element;
      return [{ table, family: family ?? 'ip', name: map }];
    }
    default:
      return [];
  }
};

interface Kernel {
  tables: Tables;
  readonly listeners: Set<{ readonly owner: symbol; readonly tell: (removal: Removal) => void }>;
}

const accessTo = (kernel: Kernel): Nftables => {
  const owner = Symbol('owner');
  return {
    apply: (changes) => {
      const next = copyOf(kernel.tables);
      for (const change of changes) applyOne(next, change);
      kernel.tables = next;
      const removals = changes.flatMap(removalOf);
      for (const listener of kernel.listeners)
        if (listener.owner !== owner)
          queueMicrotask(() => {
            for (const removal of removals) listener.tell(removal);
          });
    },
    tables: () => [...kernel.tables.keys()],
    contents: (name) => {
      const found = kernel.tables.get(name);
      if (!found) return undefined;
      const isMap = ({ map }: { readonly map: ElementMap }): boolean => map.type.includes(' : ');
      const named = (wanted: boolean): readonly string[] =>
        [...found.maps].filter(([, map]) => isMap(map) === wanted).map(([key]) => key);
      return {
        chains: new Map([...found.chains].map(([chain, { rules }]) => [chain, rules.length])),
        maps: named(true),
        sets: named(false),
      };
    },
    elements: (table, map, family) =>
      [...elementsIn(kernel.tables, table, map)].map(([key, value]) => ({
        table,
        ...(family ? { family } : {}),
        map,
        key,
        value,
      })),
    watch: (tell) => {
      const listener = { owner, tell };
      kernel.listeners.add(listener);
      return { [Symbol.dispose]: () => void kernel.listeners.delete(listener) };
    },
    [Symbol.dispose]: () => undefined,
  };
};

export const createFakeNftables = (): FakeNftables => {
  const kernel: Kernel = { tables: new Map(), listeners: new Set() };
  return {
    ...accessTo(kernel),
    other: accessTo(kernel),
    tableOf: (name) => {
      const found = kernel.tables.get(name);
      if (!found) return undefined;
      const maps = [...found.maps.values()].map(({ map }) => map);
      return { ...found.table, chains: [...found.chains.values()], maps };
    },
  };
};
