// SPDX-License-Identifier: Apache-2.0
import type { StoredSubnet } from '../on-parent/stored-on-parent.ts';

/** What was chosen for an overlay network, as it is kept: plain JSON, addresses as texts. */
export interface StoredOverlay {
  /** Names of the bridge that its containers are on and of the VXLAN link on it. */
  readonly bridge: string;
  readonly tunnel: string;
  /** Number of the VXLAN network, 24 bits. */
  readonly vni: number;
  /** Udp port, here and there. */
  readonly port: number;
  /** Address that this host sends from; empty: as its routes say. */
  readonly local: string;
  /** The other hosts that have it, as the client told of them. */
  readonly peers: readonly string[];
  /** Bytes. */
  readonly mtu: number;
  readonly subnets: readonly StoredSubnet[];
}
