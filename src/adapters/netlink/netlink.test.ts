// SPDX-License-Identifier: Apache-2.0
import { netlinkContract } from './contract.ts';
import { createFakeNetlink } from './fake.ts';

netlinkContract('fake netlink', (work) => {
  const place = { now: '' };
  const netlink = createFakeNetlink({ current: () => place.now, pathOf: () => 'there' });
  using here = netlink.connect();
  place.now = 'there';
  using there = netlink.connect();
  work({ here, there, thereFile: 7 });
});
