// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { NetlinkConnection } from '../../adapters/netlink/index.ts';
import { isKind } from '../../base/errors.ts';
import { type IpPrefix, parseIp } from '../../spec/ip.ts';
import { errnoOf } from '../../sys/errno.ts';
import type { EndpointPlace } from './driver.ts';

/** Docker's name of a host's end: `veth` and seven hex digits. */
const HOST_LINK = /^veth[0-9a-f]{7}$/;

/** A name for the host's end of a new cable. */
export const hostLinkName = (): string => `veth${randomBytes(4).toString('hex').slice(0, 7)}`;

/** From now on nothing passes the cable; it goes with its namespace. Removing it would wait for other processors. */
export const muteCable = (host: NetlinkConnection, hostLink: string): void => {
  try {
    host.changePort(hostLink, { forwarding: false });
  } catch (error) {
    // It was never made, or somebody took it down or out of the bridge: nothing passes it either.
    if (!isKind(error, 'not-found') && errnoOf(error) !== 'ENETDOWN' && errnoOf(error) !== 'EOPNOTSUPP')
      throw error;
  }
};

/** Host's ends of cables in the bridge of that index that are not among `known`. */
export const strayCables = (
  host: NetlinkConnection,
  bridge: number,
  known: ReadonlySet<string>,
): readonly string[] =>
  host
    .links()
    .filter(({ name, kind, master }) => kind === 'veth' && master === bridge && HOST_LINK.test(name))
    .flatMap(({ name }) => (known.has(name) ? [] : [name]));

/** The addresses of a place, with the length of their subnets' prefixes. */
export const prefixesOf = (place: EndpointPlace): readonly IpPrefix[] => {
  const four = parseIp(place.ipv4Address);
  const six = parseIp(place.ipv6Address);
  return [
    ...(four ? [{ ...four, length: place.ipv4PrefixLength }] : []),
    ...(six ? [{ ...six, length: place.ipv6PrefixLength }] : []),
  ];
};
