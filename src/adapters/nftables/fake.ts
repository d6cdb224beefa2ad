// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { Change, Element, Nftables, Table } from './nftables.ts';

interface FakeTable {
  readonly table: Table;
  /** Values by key, by map. */
  readonly maps: ReadonlyMap<string, Map<string, string>>;
}

/** Tables in memory; rules are kept, not understood. */
export interface FakeNftables extends Nftables {
  /** The table as it was last given. */
  tableOf(name: string): Table | undefined;
}

const fail = (kind: 'conflict' | 'not-found', what: string): EngineError =>
  new EngineError(
    kind,
    `nftables: ${what}: ${kind === 'conflict' ? 'File exists' : 'No such file or directory'}`,
  );

const elementsIn = (
  tables: ReadonlyMap<string, FakeTable>,
  table: string,
  map: string,
): Map<string, string> => {
  const found = tables.get(table)?.maps.get(map);
  if (!found) throw fail('not-found', `${table} ${map}`);
  return found;
};

const add = (tables: ReadonlyMap<string, FakeTable>, { table, map, key, value }: Element): void => {
  const elements = elementsIn(tables, table, map);
  if ((elements.get(key) ?? value) !== value) throw fail('conflict', key);
  elements.set(key, value);
};

const applyOne = (tables: Map<string, FakeTable>, change: Change): void => {
  switch (change.change) {
    case 'create-table':
      if (tables.has(change.table.name)) throw fail('conflict', change.table.name);
      return applyOne(tables, { change: 'replace-table', table: change.table });
    case 'replace-table': {
      const maps = new Map(change.table.maps.map(({ name }) => [name, new Map<string, string>()]));
      tables.set(change.table.name, { table: change.table, maps });
      return;
    }
    case 'delete-table':
      tables.delete(change.table);
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

const copyOf = (tables: ReadonlyMap<string, FakeTable>): Map<string, FakeTable> =>
  new Map(
    [...tables].map(([name, { table, maps }]) => [
      name,
      { table, maps: new Map([...maps].map(([map, elements]) => [map, new Map(elements)])) },
    ]),
  );

export const createFakeNftables = (): FakeNftables => {
  const state = { tables: new Map<string, FakeTable>() };
  return {
    apply: (changes) => {
      const next = copyOf(state.tables);
      for (const change of changes) applyOne(next, change);
      state.tables = next;
    },
    tables: () => [...state.tables.keys()],
    elements: (table, map) =>
      [...elementsIn(state.tables, table, map)].map(([key, value]) => ({ table, map, key, value })),
    tableOf: (name) => state.tables.get(name)?.table,
    [Symbol.dispose]: () => undefined,
  };
};
