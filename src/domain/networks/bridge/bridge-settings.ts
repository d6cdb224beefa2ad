// SPDX-License-Identifier: Apache-2.0
import { type IpPrefix, type Ip, formatIp, formatIpPrefix, networkOf } from '../../../spec/ip.ts';
import type { Reach } from '../firewall/guarded-bridge.ts';
import type { IpamPool } from '../networks.ts';

/** One family of a bridge. */
export interface BridgeSubnet {
  /** The bridge's own address, or that of the network where it has none, and the length of the subnet's prefix. */
  readonly address: IpPrefix;
  /** Part of the subnet that containers get addresses from; absent for all of it. */
  readonly range?: IpPrefix;
  /** Where containers send what leaves the subnet; absent for the bridge itself. */
  readonly gateway?: Ip;
  /** Never given to a container. */
  readonly reserved?: readonly Ip[];
}

/** A bridge with all that was chosen for it. */
export interface BridgeSettings {
  /** The device's name. */
  readonly device: string;
  /** Bytes. */
  readonly mtu: number;
  readonly icc: boolean;
  readonly masquerade: boolean;
  /** Absent without that family; one of them is there. */
  readonly ipv4?: BridgeSubnet;
  readonly ipv6?: BridgeSubnet;
  /** Nothing passes between its containers and whatever is not on this bridge, the host apart. */
  readonly internal?: boolean;
  /** The bridge has no address of that family: not even the host is reached. */
  readonly isolatedIpv4?: boolean;
  readonly isolatedIpv6?: boolean;
  /** How containers are reached from elsewhere, by family; absent: at the host's addresses alone. */
  readonly reachIpv4?: Reach;
  readonly reachIpv6?: Reach;
  /** In records of older daemons: `reachIpv4` is `nat-unprotected`. */
  readonly unprotected?: boolean;
  /** Devices of the host from which published ports are reached at the containers' own addresses. */
  readonly trusted?: readonly string[];
  /** The bridge has no IPv4 address, though the gateway's stays reserved. */
  readonly inhibitIpv4?: boolean;
  /** Source addresses of what leaves, instead of those of the way that it takes. */
  readonly hostIpv4?: Ip;
  readonly hostIpv6?: Ip;
  /** Host address of ports that are published without one; absent: the daemon's. */
  readonly hostAddress?: string;
  /** Beginning of the interfaces' names; absent: `eth`. */
  readonly interfacePrefix?: string;
}

const poolOf = ({ address, range, gateway }: BridgeSubnet): IpamPool => ({
  subnet: formatIpPrefix(networkOf(address)),
  gateway: formatIp(address),
  ...(range ? { ipRange: formatIpPrefix(range) } : {}),
  ...(gateway ? { auxiliaryAddresses: { [`DefaultGatewayIPv${gateway.family}`]: formatIp(gateway) } } : {}),
});

const familiesOf = ({ ipv4, ipv6 }: Pick<BridgeSettings, 'ipv4' | 'ipv6'>): readonly BridgeSubnet[] =>
  [ipv4, ipv6].flatMap((subnet) => subnet ?? []);

/** The bridge's own share in what `inspect` shows. */
export const poolsOf = (settings: BridgeSettings): readonly IpamPool[] => familiesOf(settings).map(poolOf);

/** Subnets of a bridge, both families. */
export const subnetsOf = (settings: BridgeSettings): readonly IpPrefix[] =>
  familiesOf(settings).map(({ address }) => networkOf(address));

/** A subnet as the packet filter takes it. */
export const subnetText = (subnet: IpPrefix): string => formatIpPrefix(networkOf(subnet));
