// SPDX-License-Identifier: Apache-2.0
import type { NetworkStore } from '../../../adapters/store/index.ts';
import { ensureSetting } from '../host-settings.ts';
import type { NetworksConfig } from '../networks-config.ts';
import { resolversOf } from '../occupied-subnets.ts';
import { bridgeNetwork, hostSeed } from '../predefined.ts';
import { type BridgeDeps, BridgeNetwork } from './bridge-network.ts';
import { DEFAULT_DEVICE, prepareBridge } from './prepare-bridge.ts';

/** Takes away the default bridge of an earlier run, unless somebody's links are in it. */
export const removeDefaultBridge = ({ host }: Pick<BridgeDeps, 'host'>): void => {
  const links = host.links();
  const found = links.find(({ name, kind }) => name === DEFAULT_DEVICE && kind === 'bridge');
  if (found && !links.some(({ master }) => master === found.index)) host.deleteLink(found.name);
};

/** Makes the default bridge, or takes over the one that is there. @throws invalid-argument for one that cannot be had */
export const startDefaultBridge = (
  deps: BridgeDeps & { readonly store: NetworkStore },
  config: NetworksConfig,
): BridgeNetwork => {
  const { host, hostNetwork, store } = deps;
  const resolvers = resolversOf(hostNetwork.resolverConfiguration().text);
  const { settings, index } = prepareBridge(host, config, { resolvers, seed: hostSeed(store) });
  // Published ports are reached at 127.0.0.1 too; the firewall keeps containers from doing the same.
  if (config.firewall) ensureSetting(hostNetwork, `ipv4/conf/${settings.device}/route_localnet`);
  return new BridgeNetwork(deps, bridgeNetwork(store, config, settings), settings, index);
};
