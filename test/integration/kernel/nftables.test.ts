// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isKind } from '../../../src/base/errors.ts';
import { createNetworkNamespaces } from '../../../src/adapters/netns/index.ts';
import { nftablesContract, nftablesWatchContract } from '../../../src/adapters/nftables/contract.ts';
import { type Nftables, createNftables } from '../../../src/adapters/nftables/index.ts';

const namespaces = createNetworkNamespaces();
const folder = mkdtempSync(join(tmpdir(), 'berth-nftables-'));
after(() => {
  namespaces[Symbol.dispose]();
  rmdirSync(folder);
});

const inside = (work: (nftables: Nftables) => void): void => {
  const path = join(folder, 'netns');
  try {
    namespaces.create(path, () => {
      using nftables = createNftables();
      work(nftables);
    });
  } finally {
    namespaces.remove(path);
  }
};

nftablesContract('kernel nftables', inside);

nftablesWatchContract('kernel nftables', () => {
  const path = join(folder, 'watched');
  // Sockets stay in the namespace in which they are opened.
  const opened = namespaces.create(path, () => {
    const accesses = { own: createNftables(), other: createNftables() };
    for (const access of Object.values(accesses)) access.tables();
    return accesses;
  });
  const own: Nftables = {
    ...opened.own,
    watch: (listener) => namespaces.run(path, () => opened.own.watch(listener)),
  };
  return {
    own,
    other: opened.other,
    [Symbol.dispose]: () => {
      opened.own[Symbol.dispose]();
      opened.other[Symbol.dispose]();
      namespaces.remove(path);
    },
  };
});

test('kernel nftables: a rule that nft does not understand is an invalid argument', () => {
  inside((nftables) => {
    const hook = { type: 'filter', hook: 'forward', priority: 0 } as const;
    const table = { name: 'broken', maps: [], chains: [{ name: 'forward', hook, rules: ['nonsense !'] }] };
    assert.throws(
      () => nftables.apply([{ change: 'replace-table', table }]),
      (error) => isKind(error, 'invalid-argument'),
    );
    assert.deepEqual(nftables.tables(), []);
  });
});

test('kernel nftables: signals in the middle of changes do no harm', async () => {
  const listen = (): void => undefined;
  process.on('SIGURG', listen);
  const storm = spawn('sh', ['-c', `while kill -URG ${process.pid}; do :; done`], { stdio: 'ignore' });
  await once(storm, 'spawn');
  try {
    inside((nftables) => {
      const map = { name: 'ports', type: 'inet_proto . inet_service : ipv4_addr . inet_service' };
      nftables.apply([{ change: 'replace-table', table: { name: 'storm', maps: [map], chains: [] } }]);
      for (let port = 1; port <= 2000; port += 1) {
        const element = { table: 'storm', map: 'ports', key: `tcp . ${port}`, value: '172.30.0.2 . 80' };
        nftables.apply([{ change: 'add-element', element }]);
      }
      assert.equal(nftables.elements('storm', 'ports').length, 2000);
    });
  } finally {
    // Its end is not waited for: the news of it may be lost among so many signals.
    storm.kill();
    storm.unref();
    process.off('SIGURG', listen);
  }
});
