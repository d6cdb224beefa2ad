// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isKind } from '../../../src/base/errors.ts';
import { createNetworkNamespaces } from '../../../src/adapters/netns/index.ts';
import { nftablesContract } from '../../../src/adapters/nftables/contract.ts';
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
