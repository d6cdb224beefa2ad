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

/** The endpoint that the host's ports lead to: the one by which packets leave, if its network has published ports at all. */
export const publishedEndpoint = (
  deps: { readonly networks: ReadonlyMap<NetworkId, ActiveNetwork> },
  endpoints: readonly PlacedEndpoint[],
): PlacedEndpoint | undefined => {
  const { ipv4 } = gatewaysOf(deps, endpoints);
  return ipv4 && deps.networks.get(ipv4.network)?.publishes === true ? ipv4 : undefined;
};
