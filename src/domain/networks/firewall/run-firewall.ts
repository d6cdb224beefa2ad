// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../../adapters/host-network/index.ts';
import type { NetlinkConnection } from '../../../adapters/netlink/index.ts';
import type { Nftables } from '../../../adapters/nftables/index.ts';
import type { Log } from '../../../base/log.ts';
import type { Firewall } from '../firewall.ts';
import type { NetworksConfig } from '../networks-config.ts';
import { tableName } from '../table-name.ts';
import { beginForwarding } from './create-firewall.ts';
import type { Family } from './guarded-bridge.ts';
import { keepRules } from './rule-keeper.ts';
import { layCable, secondPassOf } from './second-pass.ts';

export interface RunFirewallDeps {
  readonly firewall: Firewall;
  /** The host's own namespace. */
  readonly host: NetlinkConnection;
  readonly hostNetwork: HostNetwork;
  readonly nftables: Nftables;
  readonly log: Log;
}

/** Families that the default bridge alone makes the host forward. */
const forwardedFamilies = ({ ipForward, ipv6 }: NetworksConfig): readonly Family[] =>
  ipForward ? ['ip', ...(ipv6 === true ? (['ip6'] as const) : [])] : [];

/**
 * The firewall at work: rules and elements in place by `replace`, put back when somebody takes them away, and then the
 * host forwarding. Disposal takes away what no container needs any more.
 */
export const runFirewall = (
  deps: RunFirewallDeps,
  config: NetworksConfig,
  replace: () => void,
): Disposable => {
  const { firewall, host, hostNetwork } = deps;
  const families = (['ip', 'ip6'] as const).filter((family) => firewall.serves(family));
  const cable = secondPassOf(tableName(config.bridge));
  const respects = config.respectsHostFirewall === true && families.length > 0;
  if (respects) layCable(host, hostNetwork, cable, families);
  replace();
  if (!respects && host.link(cable.out)) host.deleteLink(cable.out);
  const keeper = keepRules(deps);
  for (const family of forwardedFamilies(config)) beginForwarding(firewall, hostNetwork, family);
  return {
    [Symbol.dispose]: () => {
      keeper?.[Symbol.dispose]();
      if (firewall.close() && respects) host.deleteLink(cable.out);
    },
  };
};
