// SPDX-License-Identifier: Apache-2.0
import type { Netlink } from '../../../adapters/netlink/index.ts';
import type { NetworkNamespaces } from '../../../adapters/netns/index.ts';
import type { PlacedEndpoint } from '../driver.ts';

export interface WithdrawLinksDeps {
  readonly netlink: Netlink;
  readonly namespaces: NetworkNamespaces;
}

/** The namespace that the process lives in, while its thread is at home. */
const HOME = '/proc/self/ns/net';

/**
 * Moves the links that plugins made back to the host, under the names that they had there: the plugins are to find them
 * before they take them away. One that is gone is no error.
 */
export const withdrawLinks = (
  { netlink, namespaces }: WithdrawLinksDeps,
  path: string,
  endpoints: readonly PlacedEndpoint[],
): void => {
  const links = endpoints.filter(({ given, hostLink }) => given !== undefined && hostLink !== '');
  if (links.length === 0 || !namespaces.exists(path)) return;
  using home = namespaces.open(HOME);
  namespaces.run(path, () => {
    using inside = netlink.connect();
    for (const { interfaceName, hostLink } of links) {
      const index = inside.link(interfaceName)?.index;
      if (index !== undefined) inside.changeLink(index, { name: hostLink, namespace: home.fd });
    }
  });
};
