// SPDX-License-Identifier: Apache-2.0
import { nftablesContract, nftablesWatchContract } from './contract.ts';
import { createFakeNftables } from './fake.ts';

nftablesContract('fake nftables', (work) => {
  using nftables = createFakeNftables();
  work(nftables);
});

nftablesWatchContract('fake nftables', () => {
  const own = createFakeNftables();
  return { own, other: own.other, [Symbol.dispose]: () => undefined };
});
