// SPDX-License-Identifier: Apache-2.0
import type { NetlinkConnection } from '../../adapters/netlink/index.ts';
import { type Ip, type IpPrefix, parseIp } from '../../spec/ip.ts';

/**
 * What a new subnet must stay clear of: where the host's packets go already, and its resolvers. `except` is the index of
 * a device that does not count.
 */
export const occupiedSubnets = (
  host: NetlinkConnection,
  resolvers: readonly Ip[],
  except?: number,
): readonly IpPrefix[] => [
  ...host
    .routes()
    .flatMap(({ destination, index }) => (destination && index !== except ? [destination] : [])),
  ...host.addresses().flatMap(({ address, index }) => (index === except ? [] : [address])),
  ...resolvers.map((resolver) => ({ ...resolver, length: resolver.family === 4 ? 32 : 128 })),
];

/** Name servers of a resolver configuration. */
export const resolversOf = (text: string): readonly Ip[] =>
  [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].flatMap(([, server]) => parseIp(server ?? '') ?? []);
