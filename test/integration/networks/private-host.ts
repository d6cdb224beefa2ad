// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHostNetwork } from '../../../src/adapters/host-network/index.ts';
import { createHostPorts } from '../../../src/adapters/host-ports/index.ts';
import { createNetlink } from '../../../src/adapters/netlink/index.ts';
import { createNetworkNamespaces } from '../../../src/adapters/netns/index.ts';
import { createNftables } from '../../../src/adapters/nftables/index.ts';
import { openNetworkStore } from '../../../src/adapters/store/index.ts';
import { fixedConfig } from '../../../src/base/config-source.ts';
import { silentLog } from '../../../src/base/log.ts';
import type { NewEvent } from '../../../src/domain/events/index.ts';
import {
  type NetworksConfig,
  type NetworksDeps,
  type NetworksRoom,
  createNetworks,
} from '../../../src/domain/networks/index.ts';
import { parseIpPrefix, parseIp } from '../../../src/spec/ip.ts';
import { CLONE_NEWNET, enterNamespace } from '../../../src/sys/namespace.ts';
import { sampleNetworksConfig as config } from '../../support/sample-networks-config.ts';

/** Address of the private host towards outside, and of the machine there. */
export const HOST_ADDRESS = '198.51.100.1';
export const OUTSIDE_ADDRESS = '198.51.100.2';

const prefix = (address: string) => {
  const parsed = parseIpPrefix(`${address}/24`);
  if (!parsed) throw new Error(address);
  return parsed;
};

/** A machine of the test's own: the process's main thread lives in it from now on, a neighbour lives outside. */
export interface PrivateHost extends Disposable {
  readonly folder: string;
  /** Path of the neighbour's namespace. */
  readonly outside: string;
  readonly events: NewEvent[];
  readonly deps: (changes?: Partial<NetworksConfig>) => NetworksDeps;
  /** A started room, as a daemon would have it. */
  start(changes?: Partial<NetworksConfig>): Promise<NetworksRoom>;
}

const cable = (netlink: ReturnType<typeof createNetlink>, file: number): void => {
  using host = netlink.connect();
  host.changeLink(1, { up: true });
  const peer = { name: 'eth0', macAddress: '02:00:00:00:00:02', namespace: file };
  host.createVeth({ name: 'uplink', mtu: 1500, peer });
  host.addAddress(host.link('uplink')?.index ?? 0, prefix(HOST_ADDRESS));
};

/** Enters a fresh network namespace for good: call it once a process, before anything opens a socket. */
export const enterPrivateHost = (): PrivateHost => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-networks-'));
  const paths = { host: join(folder, 'host'), outside: join(folder, 'outside') };
  const first = createNetworkNamespaces();
  first.create(paths.host, () => undefined);
  const file = first.open(paths.host);
  enterNamespace(file.fd, CLONE_NEWNET);
  const namespaces = createNetworkNamespaces();
  const netlink = createNetlink();
  namespaces.create(paths.outside, () => undefined);
  {
    using outside = namespaces.open(paths.outside);
    cable(netlink, outside.fd);
    using there = namespaces.run(paths.outside, () => netlink.connect());
    const index = there.link('eth0')?.index ?? 0;
    there.changeLink(1, { up: true });
    there.addAddress(index, prefix(OUTSIDE_ADDRESS));
    there.changeLink(index, { up: true });
    const gateway = parseIp(HOST_ADDRESS);
    if (gateway) there.addRoute({ gateway });
  }
  const namespaceDirectory = join(folder, 'netns');
  mkdirSync(namespaceDirectory);
  const events: NewEvent[] = [];
  const deps = (changes: Partial<NetworksConfig> = {}): NetworksDeps => ({
    config: fixedConfig({ ...config, ...changes }),
    namespaceDirectory,
    netlink,
    namespaces,
    nftables: createNftables(),
    hostPorts: createHostPorts(),
    hostNetwork: createHostNetwork(),
    store: openNetworkStore(join(folder, 'network.db'), silentLog),
    events: { publish: (event) => void events.push(event) },
    log: silentLog,
  });
  return {
    folder,
    outside: paths.outside,
    events,
    deps,
    start: async (changes) => {
      const room = createNetworks(deps(changes));
      await room.start();
      return room;
    },
    [Symbol.dispose]: () => {
      for (const path of [...namespaces.list(namespaceDirectory), paths.outside, paths.host])
        namespaces.remove(path);
      file[Symbol.dispose]();
      rmSync(folder, { recursive: true });
    },
  };
};
