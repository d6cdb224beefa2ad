// SPDX-License-Identifier: Apache-2.0

/** A subnet of the engine's own, of a plugin's network: texts, as it is kept. */
export interface RemoteSubnet {
  /** The gateway's address, with the length of the prefix. */
  readonly address: string;
  /** Empty for the whole subnet. */
  readonly range: string;
  readonly reserved: readonly string[];
}

/** What is kept of a plugin's network: plain JSON. */
export interface StoredRemote {
  /** Absent where an IPAM plugin gives the addresses, or nobody. */
  readonly ipv4?: RemoteSubnet;
  readonly ipv6?: RemoteSubnet;
  /** Subnets that the client gave: only of those may a container choose its address. */
  readonly given: readonly string[];
}
