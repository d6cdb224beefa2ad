// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import type { Change, Nftables, Removal, Table } from './nftables.ts';

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

  check('chains come and go by themselves, called by a map', (nftables) => {
    const calls = { name: 'calls', type: 'ifname : verdict' };
    const call = { table: table.name, map: 'calls', key: '"eth0"', value: 'jump called' };
    const chain = { name: 'called', rules: ['accept', 'drop'] };
    nftables.apply([{ change: 'replace-table', table: { ...table, maps: [...table.maps, calls] } }]);
    nftables.apply([
      { change: 'add-chain', table: table.name, chain },
      { change: 'add-element', element: call },
    ]);
    assert.equal(nftables.contents(table.name)?.chains.get('called'), 2);
    nftables.apply([
      { change: 'delete-element', element: call },
      { change: 'delete-chain', table: table.name, chain: 'called' },
    ]);
    assert.deepEqual([...(nftables.contents(table.name)?.chains.keys() ?? [])], ['prerouting']);
    assert.throws(
      () => nftables.apply([{ change: 'delete-chain', table: table.name, chain: 'called' }]),
      (error) => isKind(error, 'not-found'),
    );
  });

  check('a table that is renewed keeps what is asked for and loses all else', (nftables) => {
    const renew = (chains: Table['chains'], maps: Table['maps']): void =>
      nftables.apply([{ change: 'renew-table', table: { ...table, chains, maps }, keeps: 'USER' }]);
    const users = { name: 'USER-1', rules: [] };
    const sets = [
      { name: 'ours', type: 'ipv4_addr' },
      { name: 'USER-set', type: 'ipv4_addr' },
    ];
    renew([...table.chains, users], [...table.maps, ...sets]);
    const element = (map: string) => ({ table: table.name, map, key: '192.0.2.1', value: '' });
    nftables.apply([
      add(1),
      { change: 'add-element', element: element('ours') },
      { change: 'add-element', element: element('USER-set') },
      {
        change: 'add-chain',
        table: table.name,
        chain: { name: 'USER-2', rules: ['ip saddr @USER-set drop'] },
      },
      { change: 'add-chain', table: table.name, chain: { name: 'stale', rules: ['accept'] } },
    ]);
    renew([...table.chains, users], table.maps);
    assert.deepEqual(keys(nftables), []);
    const { chains, sets: left } = nftables.contents(table.name) ?? assert.fail('no table');
    assert.deepEqual(
      [...chains].toSorted(([one], [other]) => one.localeCompare(other)),
      [
        ['prerouting', 1],
        ['USER-1', 0],
        ['USER-2', 1],
      ],
    );
    assert.deepEqual(left, ['USER-set']);
    assert.equal(nftables.contents('berth-absent'), undefined);
  });

  check('tables of IPv6 are like those of IPv4', (nftables) => {
    const six: Table = {
      ...table,
      family: 'ip6',
      maps: [{ name: 'published', type: 'inet_proto . inet_service : ipv6_addr . inet_service' }],
      chains: [],
    };
    const element = {
      table: table.name,
      family: 'ip6',
      map: 'published',
      key: 'tcp . 80',
      value: 'fd00::2 . 80',
    } as const;
    nftables.apply([
      { change: 'create-table', table: six },
      { change: 'add-element', element },
    ]);
    assert.deepEqual(nftables.elements(table.name, 'published', 'ip6'), [element]);
    assert.deepEqual(nftables.contents(table.name, 'ip6')?.maps, ['published']);
    nftables.apply([{ change: 'delete-table', table: table.name, family: 'ip6' }]);
    assert.deepEqual(nftables.tables(), []);
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

/** Waits until `holds`. */
const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 500 && !holds(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(holds());
};

/** What every implementation keeps of `watch`. `open` gives two accesses to one place without tables. */
export const nftablesWatchContract = (
  name: string,
  open: () => { readonly own: Nftables; readonly other: Nftables } & Disposable,
): void => {
  void test(`${name}: what others take away is told of, and nothing that is done by itself`, async () => {
    using place = open();
    const { own, other } = place;
    const heard: Removal[] = [];
    const users = { name: 'users', rules: ['accept'] };
    own.apply([replace, add(1), add(2), { change: 'add-chain', table: table.name, chain: users }]);
    {
      using _watch = own.watch((removal) => void heard.push(removal));
      own.apply([remove(1)]);
      other.apply([add(3), remove(2)]);
      own.apply([replace, { change: 'add-chain', table: table.name, chain: users }]);
      other.apply([{ change: 'delete-chain', table: table.name, chain: 'users' }]);
      other.apply([{ change: 'delete-table', table: table.name }]);
      const isTable = (removal: Removal): boolean => removal !== 'unknown' && removal.name === undefined;
      await until(() => heard.some(isTable));
    }
    const names = heard.map((removal) => (removal === 'unknown' ? removal : removal.name));
    assert.equal(names[0], 'published');
    assert.ok(names.includes('users'));
    assert.ok(heard.every((one) => one !== 'unknown' && one.table === table.name && one.family === 'ip'));
    const before = heard.length;
    other.apply([replace, { change: 'delete-table', table: table.name }]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(heard.length, before);
  });
};
