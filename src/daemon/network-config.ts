// SPDX-License-Identifier: Apache-2.0
import type { AddressPoolOption } from './options/special-kinds.ts';
import type { Settings } from './options/table.ts';

/** The default bridge, and what holds for all networks. */
export interface NetworkConfig {
  /** Empty for `docker0`, made when it is missing; `none` for no default bridge; else a device that exists. */
  readonly bridge: string;
  /** CIDR of the default bridge; empty to choose. */
  readonly bip: string;
  /** Part of the bridge's subnet that containers get addresses from; empty for all of it. */
  readonly fixedCidr: string;
  /** Gateway of containers on the default bridge; empty for the bridge itself. */
  readonly defaultGateway: string;
  readonly ipv6: boolean;
  readonly bip6: string;
  readonly fixedCidr6: string;
  readonly defaultGateway6: string;
  /** Options of new networks that say nothing else, by driver. */
  readonly defaultNetworkOptions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly icc: boolean;
  readonly ipForward: boolean;
  readonly ipMasquerade: boolean;
  readonly ipForwardNoDrop: boolean;
  readonly firewall: boolean;
  readonly firewall6: boolean;
  readonly allowDirectRouting: boolean;
  readonly respectsHostFirewall: boolean;
  readonly userlandProxy: boolean;
  /** Host address of ports published without one. */
  readonly defaultHostAddress: string;
  readonly mtu: number;
  readonly dns: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly addressPools: readonly AddressPoolOption[];
  readonly hostGatewayAddresses: readonly string[];
}

const MTU = 1500;

/** An MTU of 0 stands for the default. */
export const networkConfig = (settings: Settings): NetworkConfig => ({
  bridge: settings.bridge ?? '',
  bip: settings.bip ?? '',
  fixedCidr: settings['fixed-cidr'] ?? '',
  defaultGateway: settings['default-gateway'] ?? '',
  ipv6: settings.ipv6 ?? false,
  bip6: settings.bip6 ?? '',
  fixedCidr6: settings['fixed-cidr-v6'] ?? '',
  defaultGateway6: settings['default-gateway-v6'] ?? '',
  defaultNetworkOptions: settings['default-network-opt'] ?? {},
  icc: settings.icc ?? true,
  ipForward: settings['ip-forward'] ?? true,
  ipMasquerade: (settings['ip-masq'] ?? true) && (settings.iptables ?? true),
  ipForwardNoDrop: settings['ip-forward-no-drop'] ?? false,
  firewall: settings.iptables ?? true,
  firewall6: settings.ip6tables ?? true,
  allowDirectRouting: settings['allow-direct-routing'] ?? false,
  respectsHostFirewall: settings['published-ports-respect-host-firewall'] ?? false,
  userlandProxy: settings['userland-proxy'] ?? true,
  defaultHostAddress: settings.ip ?? '0.0.0.0',
  mtu: settings.mtu || MTU,
  dns: settings.dns ?? [],
  dnsOptions: settings['dns-opt'] ?? [],
  dnsSearch: settings['dns-search'] ?? [],
  addressPools: settings['default-address-pool'] ?? [],
  hostGatewayAddresses: settings['host-gateway-ip'] ?? [],
});
