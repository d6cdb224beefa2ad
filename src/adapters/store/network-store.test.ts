// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { createFakeNetworkStore } from './network-store-fake.ts';
import { type NetworkStore, openNetworkStore } from './network-store.ts';

const keepsRecords = (store: NetworkStore): void => {
  for (const table of [store.networks, store.sandboxes, store.debts]) {
    table.put('a', { value: 1 });
    table.put('b', { value: 2 });
    table.put('a', { value: 3 });
    table.delete('b');
    table.delete('b');
    assert.deepEqual(table.load(), [{ id: 'a', document: { value: 3 } }]);
  }
};

test('records are replaced, deleted and read back', () => {
  using fake = createFakeNetworkStore();
  keepsRecords(fake);
  const folder = mkdtempSync(join(tmpdir(), 'berth-store-'));
  try {
    using store = openNetworkStore(join(folder, 'network.db'), silentLog);
    keepsRecords(store);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('records are there after the file is opened again, and a corrupt one is left out and kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-store-'));
  const path = join(folder, 'network.db');
  try {
    {
      using store = openNetworkStore(path, silentLog);
      store.networks.put('a', { name: 'bridge' });
    }
    const raw = new DatabaseSync(path);
    raw.exec("INSERT INTO networks (id, document) VALUES ('b', '{')");
    raw.close();
    using store = openNetworkStore(path, silentLog);
    assert.deepEqual(store.networks.load(), [{ id: 'a', document: { name: 'bridge' } }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
