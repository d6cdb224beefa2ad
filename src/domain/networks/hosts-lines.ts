// SPDX-License-Identifier: Apache-2.0
import type { Endpoint } from './networks.ts';

/** The container's own lines in `/etc/hosts`: one an address, the full name first. */
export const hostsLinesOf = (
  { hostname, domainname }: { readonly hostname: string; readonly domainname: string },
  endpoints: readonly Endpoint[],
): readonly string[] => {
  if (hostname === '') return [];
  const names = domainname === '' ? hostname : `${hostname}.${domainname} ${hostname}`;
  return endpoints
    .flatMap(({ ipv4Address, ipv6Address }) => [ipv4Address, ipv6Address])
    .filter((address) => address !== '')
    .map((address) => `${address}\t${names}`);
};
