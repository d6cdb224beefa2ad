// SPDX-License-Identifier: Apache-2.0
import { createFakeHostNetwork } from '../../src/adapters/host-network/fake.ts';
import { createFakeHostPorts } from '../../src/adapters/host-ports/fake.ts';
import { createFakeNetlink, type FakeNetlink } from '../../src/adapters/netlink/fake.ts';
import { createFakeNetworkNamespaces } from '../../src/adapters/netns/fake.ts';
import { createFakeNftables } from '../../src/adapters/nftables/fake.ts';
import { createFakeNetworkStore } from '../../src/adapters/store/network-store-fake.ts';
import { fixedConfig } from '../../src/base/config-source.ts';
import { silentLog } from '../../src/base/log.ts';
import { sampleNetworksConfig } from './sample-networks-config.ts';

/** What the networks room needs, on a machine in memory: nobody hears its events, and it has no plugins and no resolver. */
export const createNetworksDeps = () => {
  const held: { netlink?: FakeNetlink } = {};
  const namespaces = createFakeNetworkNamespaces((path) => held.netlink?.drop(path));
  const netlink = createFakeNetlink(namespaces);
  held.netlink = netlink;
  return {
    config: fixedConfig(sampleNetworksConfig),
    namespaceDirectory: '/run/netns',
    netlink,
    namespaces,
    nftables: createFakeNftables(),
    hostPorts: createFakeHostPorts(new Set()),
    hostNetwork: createFakeHostNetwork({ 'ipv4/ip_forward': '1', 'ipv4/conf/docker0/route_localnet': '1' }),
    store: createFakeNetworkStore(),
    events: { publish: () => undefined },
    log: silentLog,
  };
};
