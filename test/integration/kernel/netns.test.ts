// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readlinkSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { networkNamespacesContract } from '../../../src/adapters/netns/contract.ts';
import { createNetworkNamespaces } from '../../../src/adapters/netns/index.ts';

const namespaces = createNetworkNamespaces();
const folder = mkdtempSync(join(tmpdir(), 'berth-netns-'));
after(() => {
  namespaces[Symbol.dispose]();
  rmdirSync(folder);
});

networkNamespacesContract('kernel namespaces', () => ({
  namespaces,
  folder,
  whereAmI: () => readlinkSync('/proc/thread-self/ns/net'),
}));
