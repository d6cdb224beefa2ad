// SPDX-License-Identifier: Apache-2.0

/** A subnet that an IPAM plugin gave a network, as it is kept: plain JSON, addresses as texts. */
export interface PoolLease {
  /** The plugin's own name for it. */
  readonly id: string;
  readonly family: 4 | 6;
  readonly addressSpace: string;
  readonly subnet: string;
  readonly range: string;
  /** With the length of the prefix. */
  readonly gateway: string;
  /** By their names, with the length of the prefix. */
  readonly auxiliaryAddresses: Readonly<Record<string, string>>;
}

/** All that an IPAM plugin gave a network. */
export interface IpamLease {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly pools: readonly PoolLease[];
}
