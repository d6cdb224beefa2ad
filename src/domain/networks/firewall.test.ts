// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeNftables } from '../../adapters/nftables/fake.ts';
import type { Change } from '../../adapters/nftables/index.ts';
import { silentLog } from '../../base/log.ts';
import { Firewall, type FirewallOptions } from './firewall.ts';
import type { GuardedBridge } from './firewall/guarded-bridge.ts';
import type { PublishedPort } from './published-port.ts';

const bridge = (number: number, changes: Partial<GuardedBridge> = {}): GuardedBridge => ({
  device: `br-${number}`,
  icc: true,
  internal: false,
  trusted: [],
  ipv4: { subnet: `10.0.${number}.0/24`, reach: 'nat', masquerade: true },
  ...changes,
});
const port = (host: number, number = 80): PublishedPort => ({
  port: { number, protocol: 'tcp' },
  bindings: [{ address: '0.0.0.0', port: host }],
});
const target = { ipv4: '10.0.1.2', ipv6: '' };

const setUp = (changes: Partial<FirewallOptions> = {}) => {
  const nftables = createFakeNftables();
  const transactions: (readonly Change[])[] = [];
  const firewall = new Firewall({
    nftables: {
      ...nftables,
      apply: (all) => {
        transactions.push(all);
        nftables.apply(all);
      },
    },
    table: 'berth-test',
    families: ['ip', 'ip6'],
    allowDirect: false,
    keepsForeign: false,
    proxies: true,
    log: silentLog,
    ...changes,
  });
  const keys = (map: string): readonly string[] => nftables.elements('berth-test', map).map(({ key }) => key);
  return { nftables, firewall, transactions, keys };
};

test('a bridge that comes or goes costs the same however many there are, and touches no other', () => {
  const sizes = [1, 40].map((count) => {
    const { firewall, transactions, keys } = setUp();
    const others = Array.from({ length: count }, (_, number) => bridge(number));
    firewall.replace(others, [[port(8080), target]]);
    firewall.guard([...others, bridge(200)]);
    assert.equal(keys('to').length, count + 1);
    firewall.guard(others);
    assert.equal(keys('to').length, count);
    assert.deepEqual(keys('published'), ['tcp . 8080']);
    return transactions.slice(1).map((changes) => changes.length);
  });
  assert.deepEqual(sizes[0], sizes[1]);
});

test('a bridge that is another one now has other rules, and the same one is left as it is', () => {
  const { firewall, nftables, transactions } = setUp();
  firewall.replace([bridge(1), bridge(2)], []);
  firewall.guard([bridge(1), bridge(2, { internal: true })]);
  const chains = (): readonly string[] =>
    (nftables.tableOf('berth-test')?.chains ?? []).map(({ name }) => name);
  assert.ok(chains().includes('from-br-2'));
  assert.ok(!chains().includes('leaving-br-2'));
  const before = transactions.length;
  firewall.guard([bridge(1), bridge(2, { internal: true })]);
  assert.equal(transactions.length, before);
});

test('what comes from containers that are kept apart is not translated where the engine passes it on', () => {
  const rules = (proxies: boolean): readonly string[] => {
    const { firewall, nftables, keys } = setUp({ proxies });
    firewall.replace([bridge(1), bridge(2, { icc: false })], []);
    assert.deepEqual(keys('apart'), ['"br-2"']);
    const { chains } = nftables.tableOf('berth-test') ?? assert.fail();
    return chains.find(({ name }) => name === 'arriving')?.rules ?? [];
  };
  assert.equal(rules(true)[0], 'iifname @apart return');
  assert.ok(!rules(false).includes('iifname @apart return'));
});

test('a port of a container is open until the last place of the host that leads there is gone', () => {
  const { firewall, keys } = setUp();
  firewall.replace([bridge(1, { trusted: ['eth1'] })], [[port(8080), target]]);
  firewall.publish([port(8081)], target);
  assert.deepEqual(keys('opened'), ['10.0.1.2 . tcp . 80']);
  firewall.withdraw([port(8080)], target);
  assert.deepEqual(keys('opened'), ['10.0.1.2 . tcp . 80']);
  firewall.withdraw([port(8081)], target);
  assert.deepEqual(keys('opened'), []);
});

test('tables that somebody took away are whole again after the next change', () => {
  const { firewall, nftables, keys } = setUp();
  firewall.replace([bridge(1)], [[port(8080), target]]);
  nftables.other.apply([{ change: 'delete-table', table: 'berth-test' }]);
  firewall.publish([port(8081)], target);
  assert.deepEqual(keys('published'), ['tcp . 8080', 'tcp . 8081']);
  assert.deepEqual(keys('bridges'), ['"br-1"']);
});

test('tables go with the daemon, unless containers, users or other hosts would miss them', () => {
  const closed = (prepare: (scene: ReturnType<typeof setUp>) => void): boolean => {
    const scene = setUp();
    scene.firewall.replace([bridge(1)], []);
    prepare(scene);
    const outcome = scene.firewall.close();
    assert.equal(scene.nftables.tables().length, outcome ? 0 : 2);
    return outcome;
  };
  assert.equal(
    closed(() => undefined),
    true,
  );
  assert.equal(
    closed(({ firewall }) => firewall.publish([port(8080)], target)),
    false,
  );
  assert.equal(
    closed(({ firewall }) => firewall.forwardingBegan('ip')),
    false,
  );
  const users = { name: 'DOCKER-USER', rules: ['drop'] };
  assert.equal(
    closed(({ nftables }) =>
      nftables.other.apply([{ change: 'add-chain', table: 'berth-test', chain: users }]),
    ),
    false,
  );
});

test('without families nothing is ever done', () => {
  const { firewall, transactions } = setUp({ families: [] });
  firewall.replace([bridge(1)], [[port(8080), target]]);
  firewall.guard([]);
  firewall.publish([port(8081)], target);
  firewall.letThrough([{ from: '10.0.1.2', to: '10.0.1.3', port: { number: 80, protocol: 'tcp' } }]);
  firewall.forwardingBegan('ip');
  firewall.close();
  assert.deepEqual(transactions, []);
});
