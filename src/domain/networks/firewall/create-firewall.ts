// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../../adapters/host-network/index.ts';
import type { Nftables } from '../../../adapters/nftables/index.ts';
import type { Log } from '../../../base/log.ts';
import { Firewall } from '../firewall.ts';
import { ensureSetting, ensureSettingIfThere } from '../host-settings.ts';
import type { NetworksConfig } from '../networks-config.ts';
import { tableName } from '../table-name.ts';
import type { Family } from './guarded-bridge.ts';
import { secondPassOf } from './second-pass.ts';

export interface CreateFirewallDeps {
  readonly nftables: Nftables;
  readonly hostNetwork: HostNetwork;
  readonly log: Log;
}

/** The kernel's settings that make a host forward packets. */
const FORWARDING: Readonly<Record<Family, string>> = {
  ip: 'ipv4/ip_forward',
  ip6: 'ipv6/conf/all/forwarding',
};

const familiesOf = (config: NetworksConfig, hostNetwork: HostNetwork): readonly Family[] => {
  if (!config.firewall) return [];
  // A host without IPv6 may not know the family of tables either.
  const hasIpv6 = hostNetwork.setting(FORWARDING.ip6) !== undefined;
  return config.firewall6 && hasIpv6 ? ['ip', 'ip6'] : ['ip'];
};

/** The firewall that the configuration asks for; nothing is done yet. */
export const createFirewall = (deps: CreateFirewallDeps, config: NetworksConfig): Firewall =>
  new Firewall({
    nftables: deps.nftables,
    log: deps.log,
    table: tableName(config.bridge),
    families: familiesOf(config, deps.hostNetwork),
    allowDirect: config.allowDirectRouting,
    keepsForeign: config.ipForwardNoDrop,
    proxies: config.userlandProxy,
    ...(config.respectsHostFirewall === true ? { secondPass: secondPassOf(tableName(config.bridge)) } : {}),
  });

/**
 * Makes the host forward packets of a family. One that did not do so before is no router for others than containers: the
 * firewall sees to that first.
 */
export const beginForwarding = (firewall: Firewall, hostNetwork: HostNetwork, family: Family): void => {
  if (hostNetwork.setting(FORWARDING[family]) === '0') firewall.forwardingBegan(family);
  ensureSetting(hostNetwork, FORWARDING[family]);
};

/** Sets kernel settings, where this kernel has them; one that makes the host forward packets as `beginForwarding` does. */
export const firewallSetting =
  (firewall: Firewall, hostNetwork: HostNetwork) =>
  (name: string, value: string): void => {
    if (name === FORWARDING.ip6 && value === '1' && hostNetwork.setting(name) !== undefined)
      beginForwarding(firewall, hostNetwork, 'ip6');
    else ensureSettingIfThere(hostNetwork, name, value);
  };
