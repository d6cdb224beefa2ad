// SPDX-License-Identifier: Apache-2.0
import { type WithSubject, netlinkContract } from './contract.ts';
import { createFakeNetlink } from './fake.ts';
import { newLinkContract } from './new-link-contract.ts';

const withSubject: WithSubject = async (work) => {
  const place = { now: '' };
  const netlink = createFakeNetlink({ current: () => place.now, pathOf: () => 'there' }, ['ipvlan']);
  using here = netlink.connect();
  await using remover = netlink.openRemover();
  place.now = 'there';
  using there = netlink.connect();
  await work({ here, there, thereFile: 7, remover });
};

netlinkContract('fake netlink', withSubject);
newLinkContract('fake netlink', withSubject);
