// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import type { Change, Nftables, Table } from './nftables.ts';

const table: Table = {
  name: 'berth-contract.0',
  maps: [{ name: 'published', type: 'inet_proto . inet_service : ipv4_addr . inet_service' }],
  chains: [
    {
      name: 'prerouting',
      hook: { type: 'nat', hook: 'prerouting', priority: -100 },
      rules: ['fib daddr type local dnat ip to meta l4proto . th dport map @published'],
    },
  ],
};
const port = (number: number, value = '172.30.0.2 . 80') => ({
  table: table.name,
  map: 'published',
  key: `tcp . ${number}`,
  value,
});
const replace: Change = { change: 'replace-table', table };
const add = (number: number, value?: string): Change => ({
  change: 'add-element',
  element: port(number, value),
});
const remove = (number: number): Change => ({ change: 'delete-element', element: port(number) });

/** What every implementation keeps. `subject` runs one test with one that has no tables. */
export const nftablesContract = (
  name: string,
  subject: (work: (nftables: Nftables) => void) => void,
): void => {
  const check = (sentence: string, work: (nftables: Nftables) => void): void => {
    void test(`${name}: ${sentence}`, () => subject(work));
  };
  const keys = (nftables: Nftables): readonly string[] =>
    nftables
      .elements(table.name, 'published')
      .map(({ key }) => key)
      .toSorted();

  check('a table is made, listed, and deleted as often as one likes', (nftables) => {
    assert.deepEqual(nftables.tables(), []);
    nftables.apply([replace]);
    assert.deepEqual(nftables.tables(), [table.name]);
    nftables.apply([{ change: 'delete-table', table: table.name }]);
    nftables.apply([{ change: 'delete-table', table: table.name }]);
    assert.deepEqual(nftables.tables(), []);
  });

  check(
    'a table that is replaced loses its elements and takes new ones in the same transaction',
    (nftables) => {
      nftables.apply([replace, add(1)]);
      nftables.apply([replace, add(2), add(3)]);
      assert.deepEqual(keys(nftables), ['tcp . 2', 'tcp . 3']);
    },
  );

  check('a table is created once', (nftables) => {
    nftables.apply([{ change: 'create-table', table }, add(1)]);
    assert.throws(
      () => nftables.apply([{ change: 'create-table', table }]),
      (error) => isKind(error, 'conflict'),
    );
    assert.deepEqual(keys(nftables), ['tcp . 1']);
  });

  check('elements keep key and value', (nftables) => {
    nftables.apply([replace, add(80, '172.30.0.9 . 8080')]);
    assert.deepEqual(nftables.elements(table.name, 'published'), [port(80, '172.30.0.9 . 8080')]);
    nftables.apply([remove(80)]);
    assert.deepEqual(keys(nftables), []);
  });

  check('the same element twice is no error, another value for its key is a conflict', (nftables) => {
    nftables.apply([replace, add(80)]);
    nftables.apply([add(80)]);
    assert.throws(
      () => nftables.apply([add(80, '172.30.0.3 . 80')]),
      (error) => isKind(error, 'conflict'),
    );
    assert.deepEqual(nftables.elements(table.name, 'published'), [port(80)]);
  });

  check('a transaction that fails in the middle changes nothing', (nftables) => {
    nftables.apply([replace, add(1)]);
    assert.throws(
      () => nftables.apply([add(2), remove(9), add(3)]),
      (error) => isKind(error, 'not-found'),
    );
    assert.deepEqual(keys(nftables), ['tcp . 1']);
  });

  check('nothing to do is nothing done, and a missing map is not found', (nftables) => {
    nftables.apply([]);
    assert.throws(
      () => nftables.elements('berth-absent', 'published'),
      (error) => isKind(error, 'not-found'),
    );
    assert.throws(
      () => nftables.apply([add(1)]),
      (error) => isKind(error, 'not-found'),
    );
  });
};
