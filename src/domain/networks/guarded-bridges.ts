// SPDX-License-Identifier: Apache-2.0
import type { NetworkId } from '../../base/ids.ts';
import { formatIp } from '../../spec/ip.ts';
import { BridgeNetwork } from './bridge/bridge-network.ts';
import { type BridgeSettings, subnetText } from './bridge/bridge-settings.ts';
import type { ActiveNetwork } from './driver.ts';
import type { GuardedBridge } from './firewall/guarded-bridge.ts';

const guardedBridge = (settings: BridgeSettings): GuardedBridge => {
  const { device, icc, masquerade, ipv4, ipv6, hostIpv4, hostIpv6, unprotected } = settings;
  return {
    device,
    icc,
    internal: settings.internal === true,
    trusted: settings.trusted ?? [],
    ...(ipv4
      ? {
          ipv4: {
            subnet: subnetText(ipv4.address),
            reach: settings.reachIpv4 ?? (unprotected === true ? 'nat-unprotected' : 'nat'),
            masquerade,
            ...(hostIpv4 ? { source: formatIp(hostIpv4) } : {}),
          },
        }
      : {}),
    ...(ipv6
      ? {
          ipv6: {
            subnet: subnetText(ipv6.address),
            reach: settings.reachIpv6 ?? 'nat',
            masquerade,
            ...(hostIpv6 ? { source: formatIp(hostIpv6) } : {}),
          },
        }
      : {}),
  };
};

/** The bridges among `networks`, as the packet filter is to guard them. */
export const guardedBridges = (networks: ReadonlyMap<NetworkId, ActiveNetwork>): readonly GuardedBridge[] =>
  [...networks.values()]
    .filter((active) => active instanceof BridgeNetwork)
    .map(({ settings }) => guardedBridge(settings));
