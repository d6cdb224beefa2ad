// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../adapters/host-network/index.ts';

/**
 * Settings that an interface takes over when it is made: no IPv6 without an address of the network's, and neighbours
 * are told of the interface as it comes up, since its address may have been another container's a moment ago.
 */
const birthSettings = (ipv6: boolean): readonly (readonly [name: string, value: string])[] => [
  ['ipv6/conf/default/disable_ipv6', ipv6 ? '0' : '1'],
  // Addresses and routes are the engine's to give, whatever somebody announces.
  ...(ipv6 ? ([['ipv6/conf/default/accept_ra', '0']] as const) : []),
  ['ipv4/conf/default/arp_notify', '1'],
];

/** Makes an interface in the namespace that the thread is in, whose own settings are as before when this returns. */
export const withBirthSettings = (hostNetwork: HostNetwork, ipv6: boolean, make: () => void): void => {
  using changed = new DisposableStack();
  for (const [name, value] of birthSettings(ipv6)) {
    const before = hostNetwork.setting(name);
    if (before === undefined || before === value) continue;
    hostNetwork.changeSetting(name, value);
    changed.defer(() => hostNetwork.changeSetting(name, before));
  }
  make();
};
