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
      internal: networks.get(endpoint.network)?.network.internal === true,
      priority: endpoint.request?.gwPriority ?? 0,
    })),
  );
