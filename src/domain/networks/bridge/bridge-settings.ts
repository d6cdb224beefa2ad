// SPDX-License-Identifier: Apache-2.0
import { type IpPrefix, type Ip, formatIp, formatIpPrefix, networkOf } from '../../../spec/ip.ts';
import type { Reach } from '../firewall/guarded-bridge.ts';
import type { IpamPool } from '../networks.ts';

/** A bridge with all that was chosen for it. */
export interface BridgeSettings {
  /** The device's name. */
  readonly device: string;
  /** The bridge's own address and the length of its subnet's prefix. */
  readonly address: IpPrefix;
  /** Part of the subnet that containers get addresses from; absent for all of it. */
  readonly range?: IpPrefix;
  /** Where containers send what leaves the subnet; absent for the bridge itself. */
  readonly gateway?: Ip;
  /** Bytes. */
  readonly mtu: number;
  readonly icc: boolean;
  readonly masquerade: boolean;
  /** Never given to a container. */
  readonly reserved?: readonly Ip[];
  /** Absent without IPv6. */
  readonly ipv6?: {
    readonly address: IpPrefix;
    readonly range?: IpPrefix;
    readonly gateway?: Ip;
    readonly reserved?: readonly Ip[];
  };
  /** Nothing passes between its containers and whatever is not on this bridge, the host apart. */
  readonly internal?: boolean;
  /** The bridge has no address: not even the host is reached. */
  readonly isolated?: boolean;
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

const poolOf = ({
  address,
  range,
  gateway,
}: Pick<BridgeSettings, 'address' | 'range' | 'gateway'>): IpamPool => ({
  subnet: formatIpPrefix(networkOf(address)),
  gateway: formatIp(address),
  ...(range ? { ipRange: formatIpPrefix(range) } : {}),
  ...(gateway ? { auxiliaryAddresses: { [`DefaultGatewayIPv${gateway.family}`]: formatIp(gateway) } } : {}),
});

/** The bridge's own share in what `inspect` shows. */
export const poolsOf = (settings: BridgeSettings): readonly IpamPool[] => [
  poolOf(settings),
  ...(settings.ipv6 ? [poolOf(settings.ipv6)] : []),
];

/** Subnets of a bridge, both families. */
export const subnetsOf = ({ address, ipv6 }: BridgeSettings): IpPrefix[] => [
  networkOf(address),
  ...(ipv6 ? [networkOf(ipv6.address)] : []),
];

/** A subnet as the packet filter takes it. */
export const subnetText = (subnet: IpPrefix): string => formatIpPrefix(networkOf(subnet));
