// SPDX-License-Identifier: Apache-2.0
import type { Netlink } from '../../adapters/netlink/index.ts';
import type { NetworkNamespaces } from '../../adapters/netns/index.ts';
import type { NetworkId } from '../../base/ids.ts';
import type { ActiveNetwork, PlacedEndpoint } from './driver.ts';

export interface SilenceLinksDeps {
  readonly netlink: Netlink;
  readonly namespaces: NetworkNamespaces;
  readonly networks: ReadonlyMap<NetworkId, ActiveNetwork>;
}

/**
 * Silences the links of `endpoints` that have no end on the host, before their addresses are given to others: their
 * namespace ends in its own time. A namespace that has gone is no error.
 */
export const silenceLinks = (
  { netlink, namespaces, networks }: SilenceLinksDeps,
  path: string,
  endpoints: readonly PlacedEndpoint[],
): void => {
  const inner = endpoints.filter(({ network }) => networks.get(network)?.silence !== undefined);
  if (inner.length === 0 || !namespaces.exists(path)) return;
  namespaces.run(path, () => {
    using inside = netlink.connect();
    for (const endpoint of inner) networks.get(endpoint.network)?.silence?.(endpoint, inside);
  });
};

/** Takes the link of `endpoint` out of a namespace that stays, if it has no end on the host; it is gone when this resolves. */
export const removeInside = async (
  deps: SilenceLinksDeps,
  path: string,
  endpoint: PlacedEndpoint,
): Promise<void> => {
  const { netlink, namespaces, networks } = deps;
  if (networks.get(endpoint.network)?.silence === undefined || !namespaces.exists(path)) return;
  await using remover = namespaces.run(path, () => netlink.openRemover());
  await remover.remove(endpoint.interfaceName);
};
