// SPDX-License-Identifier: Apache-2.0
import { type LeaseAddressesDeps, leaseAddresses } from '../ipam/lease-addresses.ts';
import type { NetworkDrivers } from '../network-driver.ts';
import type { NetworkPlugin } from './network-plugin.ts';
import { createRemoteDriver, type RemoteDriverDeps } from './remote-driver.ts';

export interface PluginDriversDeps extends RemoteDriverDeps, LeaseAddressesDeps {
  /** `undefined` when no plugin has the name. @throws as the plugin says */
  find(name: string): Promise<NetworkPlugin | undefined>;
}

/** Names that are no plugins'. */
const OWN: ReadonlySet<string> = new Set(['host', 'null', 'overlay', 'default']);

/** The engine's own drivers, and behind them whatever plugins there are; both with addresses of IPAM plugins, if asked for. */
export const withPluginDrivers = (own: NetworkDrivers, deps: PluginDriversDeps): NetworkDrivers => ({
  names: own.names,
  find: async (name, stored) => {
    const builtIn = await own.find(name);
    if (builtIn) return leaseAddresses(deps, builtIn);
    if (OWN.has(name)) return undefined;
    // One on record is there whether or not its plugin is up.
    if (stored?.remote) return leaseAddresses(deps, createRemoteDriver(deps, false));
    const plugin = await deps.find(name);
    return plugin && leaseAddresses(deps, createRemoteDriver(deps, await plugin.isGlobal()));
  },
});
