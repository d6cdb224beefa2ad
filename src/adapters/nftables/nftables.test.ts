// SPDX-License-Identifier: Apache-2.0
import { nftablesContract } from './contract.ts';
import { createFakeNftables } from './fake.ts';

nftablesContract('fake nftables', (work) => {
  using nftables = createFakeNftables();
  work(nftables);
});
