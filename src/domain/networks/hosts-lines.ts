// SPDX-License-Identifier: Apache-2.0
import { GATEWAY_BRIDGE } from './gateway-bridge/name.ts';
import type { Endpoint } from './networks.ts';

/** The container's own lines in `/etc/hosts`: one an address, the full name first. On `docker_gwbridge` nobody is to be found. */
export const hostsLinesOf = (
  { hostname, domainname }: { readonly hostname: string; readonly domainname: string },
  endpoints: readonly Endpoint[],
): readonly string[] => {
  if (hostname === '') return [];
  const full = domainname === '' ? hostname : `${hostname}.${domainname}`;
  const [short = ''] = full.split('.');
  // Whoever gave the full name as the host name has its first part, too.
  const names = short === full ? full : `${full} ${short}`;
  return endpoints
    .filter(({ networkName }) => networkName !== GATEWAY_BRIDGE)
    .flatMap(({ ipv4Address, ipv6Address }) => [ipv4Address, ipv6Address])
    .filter((address) => address !== '')
    .map((address) => `${address}\t${names}`);
};
