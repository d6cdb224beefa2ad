// SPDX-License-Identifier: Apache-2.0
import { netlinkContract } from './contract.ts';
import { createFakeNetlink } from './fake.ts';

netlinkContract('fake netlink', async (work) => {
  const place = { now: '' };
  const netlink = createFakeNetlink({ current: () => place.now, pathOf: () => 'there' });
  using here = netlink.connect();
  await using remover = netlink.openRemover();
  place.now = 'there';
  using there = netlink.connect();
  await work({ here, there, thereFile: 7, remover });
});
