// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../adapters/host-network/index.ts';
import type { HostPorts } from '../../adapters/host-ports/index.ts';
import type { Netlink } from '../../adapters/netlink/index.ts';
import type { NetworkNamespaces } from '../../adapters/netns/index.ts';
import type { Nftables } from '../../adapters/nftables/index.ts';
import type { NetworkStore } from '../../adapters/store/index.ts';
import type { ConfigSource } from '../../base/config-source.ts';
import type { Log } from '../../base/log.ts';
import type { EventPublisher } from '../events/index.ts';
import type { Plugins } from '../plugins/index.ts';
import type { NameResolution } from './networks.ts';
import type { NetworksConfig } from './networks-config.ts';

/** All that the room needs; made and joined by the daemon alone. */
export interface NetworksDeps {
  readonly config: ConfigSource<NetworksConfig>;
  /** Existing folder for the files that name namespaces: `<exec-root>/netns`. containerd must see the same mounts. */
  readonly namespaceDirectory: string;
  readonly netlink: Netlink;
  readonly namespaces: NetworkNamespaces;
  readonly nftables: Nftables;
  readonly hostPorts: HostPorts;
  readonly hostNetwork: HostNetwork;
  readonly store: NetworkStore;
  readonly events: EventPublisher;
  /** Absent: no network or IPAM driver is a plugin. */
  readonly plugins?: Plugins;
  /** Absent: containers of user-defined networks ask the host's servers. */
  readonly resolution?: NameResolution;
  readonly log: Log;
}
