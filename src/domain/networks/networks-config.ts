// SPDX-License-Identifier: Apache-2.0

/** What the networks room reads of the daemon's configuration. Addresses and subnets are texts, checked where they are used. */
export interface NetworksConfig {
  /** Empty for `docker0`, made when it is missing; `none` for no default bridge; else a device that exists. */
  readonly bridge: string;
  /** Address and prefix of the default bridge; empty to choose. */
  readonly bip: string;
  /** IPv6 on the default bridge; absent: no. */
  readonly ipv6?: boolean;
  /** The same for its IPv6 subnet: that of `fixedCidr6`, or one of this host's own, where nothing is said. */
  readonly bip6?: string;
  readonly fixedCidr6?: string;
  readonly defaultGateway6?: string;
  /** Part of the bridge's subnet that containers get addresses from; absent or empty for all of it. */
  readonly fixedCidr?: string;
  /** Gateway of containers on the default bridge; absent or empty for the bridge itself. */
  readonly defaultGateway?: string;
  /** May containers on the default bridge talk to each other. */
  readonly icc: boolean;
  readonly ipForward: boolean;
  readonly ipMasquerade: boolean;
  /** Forwarding that begins with this engine is for all of the host's devices (`--ip-forward-no-drop`). */
  readonly ipForwardNoDrop: boolean;
  /** Whether packet filter and address translation are ours to set: of IPv4 (`--iptables`), of IPv6 (`--ip6tables`). */
  readonly firewall: boolean;
  readonly firewall6: boolean;
  /** Published ports are reached at the containers' own addresses, if somebody routes there. */
  readonly allowDirectRouting: boolean;
  /** What comes to published ports from outside passes the host's own `input` rules first. Absent: it does not. */
  readonly respectsHostFirewall?: boolean;
  readonly userlandProxy: boolean;
  /** Host address of ports that are published without one; empty for all. */
  readonly defaultHostAddress: string;
  /** Bytes. */
  readonly mtu: number;
  readonly dns: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly dnsSearch: readonly string[];
  /** Where subnets are cut from; empty for Docker's own pools. */
  readonly addressPools: readonly { readonly base: string; readonly size: number }[];
  /** Options of new networks that say nothing else, by driver; absent: none. */
  readonly defaultNetworkOptions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What `host-gateway` stands for; absent or empty for the default bridge's address. */
  readonly hostGatewayAddresses?: readonly string[];
}
