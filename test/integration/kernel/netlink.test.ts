// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type WithSubject, netlinkContract } from '../../../src/adapters/netlink/contract.ts';
import { createNetlink } from '../../../src/adapters/netlink/index.ts';
import { newLinkContract } from '../../../src/adapters/netlink/new-link-contract.ts';
import { createNetworkNamespaces } from '../../../src/adapters/netns/index.ts';

const namespaces = createNetworkNamespaces();
const netlink = createNetlink();
const folder = mkdtempSync(join(tmpdir(), 'berth-netlink-'));
after(() => {
  namespaces[Symbol.dispose]();
  rmdirSync(folder);
});

const withSubject: WithSubject = async (work) => {
  const paths = { here: join(folder, 'here'), there: join(folder, 'there') };
  try {
    using here = namespaces.create(paths.here, () => netlink.connect());
    await using remover = namespaces.run(paths.here, () => netlink.openRemover());
    using there = namespaces.create(paths.there, () => netlink.connect());
    using file = namespaces.open(paths.there);
    await work({ here, there, thereFile: file.fd, remover });
  } finally {
    namespaces.remove(paths.here);
    namespaces.remove(paths.there);
  }
};

netlinkContract('kernel netlink', withSubject);
newLinkContract('kernel netlink', withSubject);
