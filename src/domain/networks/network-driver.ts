// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../adapters/host-network/index.ts';
import type { LinkRemover, NetlinkConnection } from '../../adapters/netlink/index.ts';
import type { NetworkId } from '../../base/ids.ts';
import type { IpPrefix } from '../../spec/ip.ts';
import type { ActiveNetwork } from './driver.ts';
import type { IpamLease } from './ipam/pool-lease.ts';
import type { IpamPool, Network, NetworkCreateRequest } from './networks.ts';
import type { NetworksConfig } from './networks-config.ts';
import type { PlanSubnetsContext } from './plan-subnets.ts';
import type { StoredNetwork } from './stored-network.ts';

/** A new network as far as it does not depend on its driver: checked, with the settings of a configuration network. */
export interface NetworkDraft {
  readonly request: NetworkCreateRequest;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  /** What an IPAM plugin gave: the request's pools are those. */
  readonly lease?: IpamLease;
  /** The network, under an id of its own, with the subnets that are to be shown. */
  readonly network: (pools: readonly IpamPool[]) => Network;
}

/** A network that is to be made, all of it decided. */
export interface NetworkPlan extends StoredNetwork {
  /** What no other network may have from now on. */
  readonly subnets: readonly IpPrefix[];
  /** Of what is accepted and has no effect. */
  readonly warnings: readonly string[];
}

/** How networks of one kind come and go. What waits for others gives a promise; what need not must not. */
export interface NetworkDriver {
  /** Decides everything; nothing is made. @throws in Docker's words */
  plan(draft: NetworkDraft, context: PlanSubnetsContext): NetworkPlan | Promise<NetworkPlan>;
  /** Makes the network's devices, or completes them after a restart. When it fails, `tearDown` is called. */
  bringUp(stored: StoredNetwork): ActiveNetwork | Promise<ActiveNetwork>;
  /** Takes away what `bringUp` made; what is not there is no error. */
  tearDown(stored: StoredNetwork): void | Promise<void>;
  /** Whether networks may be without subnets (`--ipam-driver null`); absent: no. */
  readonly worksWithoutAddresses?: boolean;
}

/** What drivers need of the room. */
export interface NetworkDriverDeps {
  /** All networks. */
  readonly active: ReadonlyMap<NetworkId, ActiveNetwork>;
  readonly host: NetlinkConnection;
  /** Takes the host's links away, without holding up the thread. */
  readonly remover: LinkRemover;
  readonly hostNetwork: HostNetwork;
  readonly config: () => NetworksConfig;
  /** Sets a kernel setting, if this kernel has it. */
  readonly setting: (name: string, value: string) => void;
}

/** Where drivers are found by the names that clients use. */
export interface NetworkDrivers {
  /** The engine's own. */
  readonly names: readonly string[];
  /** `undefined` when nobody has it. `stored`: for this network, on record; then nobody is asked whether the driver is there. */
  find(name: string, stored?: StoredNetwork): NetworkDriver | undefined | Promise<NetworkDriver | undefined>;
}
