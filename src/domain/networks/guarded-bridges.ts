// SPDX-License-Identifier: Apache-2.0
import type { NetworkId } from '../../base/ids.ts';
import { formatIp } from '../../spec/ip.ts';
import { BridgeNetwork } from './bridge/bridge-network.ts';
import type { ActiveNetwork } from './driver.ts';
import type { GuardedBridge } from './firewall-rules.ts';
import { subnetText } from './bridge/bridge-settings.ts';

/** The bridges among `networks`, as the packet filter is to guard them. */
export const guardedBridges = (networks: ReadonlyMap<NetworkId, ActiveNetwork>): readonly GuardedBridge[] =>
  [...networks.values()]
    .filter((active) => active instanceof BridgeNetwork)
    .map(({ settings: { ipv6, hostIpv4, hostIpv6, ...settings } }) => ({
      device: settings.device,
      subnet: subnetText(settings.address),
      icc: settings.icc,
      masquerade: settings.masquerade,
      internal: settings.internal === true,
      unprotected: settings.unprotected === true,
      ...(ipv6 ? { subnet6: subnetText(ipv6.address) } : {}),
      ...(hostIpv4 ? { source: formatIp(hostIpv4) } : {}),
      ...(hostIpv6 ? { source6: formatIp(hostIpv6) } : {}),
    }));
