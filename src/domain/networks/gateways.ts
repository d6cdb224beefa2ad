// SPDX-License-Identifier: Apache-2.0
import type { NetworkId } from '../../base/ids.ts';
import { type WaysOut, chooseGateways } from './choose-gateway.ts';
import type { ActiveNetwork, PlacedEndpoint } from './driver.ts';

interface Candidate extends PlacedEndpoint {
  readonly internal: boolean;
  readonly priority: number;
}

/** The endpoints of a sandbox by which packets leave that are for none of its networks. */
export const gatewaysOf = (
  { networks }: { readonly networks: ReadonlyMap<NetworkId, ActiveNetwork> },
  endpoints: readonly PlacedEndpoint[],
): WaysOut<PlacedEndpoint> =>
  chooseGateways(
    endpoints.map((endpoint): Candidate => ({
      ...endpoint,
      // What a plugin names a gateway is one, whatever its network is called.
      internal: endpoint.given === undefined && networks.get(endpoint.network)?.network.internal === true,
      priority: endpoint.request?.gwPriority ?? 0,
    })),
  );

/** The endpoints that the host's ports lead to: those by which packets leave, where their networks have published ports at all. */
export const publishedEndpoints = (
  deps: { readonly networks: ReadonlyMap<NetworkId, ActiveNetwork> },
  endpoints: readonly PlacedEndpoint[],
): WaysOut<PlacedEndpoint> => {
  const publishes = (endpoint: PlacedEndpoint | undefined): endpoint is PlacedEndpoint =>
    endpoint !== undefined && deps.networks.get(endpoint.network)?.publishes === true;
  const { ipv4, ipv6 } = gatewaysOf(deps, endpoints);
  return { ...(publishes(ipv4) ? { ipv4 } : {}), ...(publishes(ipv6) ? { ipv6 } : {}) };
};
