// SPDX-License-Identifier: Apache-2.0
import type { NetworkId } from '../../base/ids.ts';
import type { ActiveNetwork, PlacedEndpoint } from './driver.ts';

const gatewaysOf = ({ gateway, ipv6Gateway }: PlacedEndpoint): number =>
  Number(gateway !== '') + Number(ipv6Gateway !== '');

/**
 * A container's endpoints in the order in which Docker looks for names in their networks: by priority, internal networks
 * last, those of both families first, then by the networks' names.
 */
export const inLookupOrder = (
  networks: ReadonlyMap<NetworkId, ActiveNetwork>,
  endpoints: readonly PlacedEndpoint[],
): readonly PlacedEndpoint[] => {
  const isInternal = ({ network }: PlacedEndpoint): number =>
    Number(networks.get(network)?.network.internal === true);
  const priorityOf = ({ request }: PlacedEndpoint): number => request?.gwPriority ?? 0;
  return endpoints.toSorted(
    (one, other) =>
      priorityOf(other) - priorityOf(one) ||
      isInternal(one) - isInternal(other) ||
      gatewaysOf(other) - gatewaysOf(one) ||
      (one.networkName < other.networkName ? -1 : 1),
  );
};
