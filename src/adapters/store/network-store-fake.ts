// SPDX-License-Identifier: Apache-2.0
import type { NetworkStore, RecordTable } from './network-store.ts';

const createTable = (): RecordTable => {
  const texts = new Map<string, string>();
  return {
    load: () => [...texts].map(([id, text]) => ({ id, document: JSON.parse(text) as unknown })),
    put: (id, document) => void texts.set(id, JSON.stringify(document)),
    delete: (id) => void texts.delete(id),
  };
};

/** Records in memory. */
export const createFakeNetworkStore = (): NetworkStore => ({
  networks: createTable(),
  sandboxes: createTable(),
  debts: createTable(),
  [Symbol.dispose]: () => undefined,
});
