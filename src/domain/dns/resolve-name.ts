// SPDX-License-Identifier: Apache-2.0
import { shortId } from '../../base/ids.ts';
import type { Ip } from '../../spec/ip.ts';
import { foldName, nameBytes } from '../../spec/dns/name.ts';
import type { NamedEndpoint } from '../networks/index.ts';
import type { Directory, Member } from './directory.ts';

/** Names known where the asker is. */
export type Names = Pick<Directory, 'named' | 'at' | 'version'>;

const HEX64 = /^[0-9a-f]{64}$/;

/** What the asker's own link of that name leads to. */
const linked = (names: Names, { network, links }: NamedEndpoint, name: string) => {
  const link = links.find(({ alias }) => foldName(alias) === name);
  if (!link) return undefined;
  const target = foldName(link.target);
  return names.named(network, HEX64.test(target) ? shortId(target) : target);
};

/** Everybody of that name in the endpoint's network, which may stand behind the name: `web.mynet`. */
function* found(
  names: Names,
  endpoints: readonly NamedEndpoint[],
  name: string,
): Generator<Iterable<Member>> {
  const inNetwork = (endpoint: NamedEndpoint, own: string) =>
    linked(names, endpoint, own) ?? names.named(endpoint.network, own);
  for (const endpoint of endpoints) {
    const members = inNetwork(endpoint, name);
    if (members) yield members;
  }
  for (const endpoint of endpoints) {
    const suffix = `.${foldName(endpoint.networkName)}`;
    const members = name.endsWith(suffix) && inNetwork(endpoint, name.slice(0, -suffix.length));
    if (members) yield members;
  }
}

/**
 * The addresses of a name: those of the first network of `endpoints` that has any of the family. `undefined` when no
 * network knows the name; none when they know it without such an address.
 */
export const resolveName = (
  names: Names,
  endpoints: readonly NamedEndpoint[],
  name: string,
  family: 4 | 6,
): readonly Ip[] | undefined => {
  let known = false;
  for (const members of found(names, endpoints, foldName(name))) {
    known = true;
    const addresses = [...members].flatMap(({ ipv4, ipv6 }) => (family === 4 ? ipv4 : ipv6) ?? []);
    if (addresses.length > 0) return addresses;
  }
  return known ? [] : undefined;
};

/** The name of the container at `ip`, with its network: `web.mynet`. `undefined` when there is none, or none that DNS can say. */
export const nameOfAddress = (
  names: Names,
  endpoints: readonly NamedEndpoint[],
  ip: Ip,
): string | undefined => {
  for (const { network, networkName } of endpoints) {
    const member = names.at(network, ip);
    const name = `${member?.containerName ?? ''}.${networkName}`;
    if (member && nameBytes(name)) return name;
  }
  return undefined;
};
