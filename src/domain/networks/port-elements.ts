// SPDX-License-Identifier: Apache-2.0
import type { Element, ElementMap } from '../../adapters/nftables/index.ts';
import type { PublishedPort } from './published-port.ts';

/** Where a port is published at all addresses, and at one of them. */
const ANYWHERE = 'published';
const AT_ADDRESS = 'published_at';

/** The maps of the engine's table in which published ports are elements. */
export const PORT_MAPS: readonly ElementMap[] = [
  { name: ANYWHERE, type: 'inet_proto . inet_service : ipv4_addr . inet_service' },
  { name: AT_ADDRESS, type: 'ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service' },
];

/** What is addressed to this host at a published port goes to its container; the narrower binding comes first. */
export const TRANSLATIONS: readonly string[] = [
  `fib daddr type local dnat ip to ip daddr . meta l4proto . th dport map @${AT_ADDRESS}`,
  `fib daddr type local dnat ip to meta l4proto . th dport map @${ANYWHERE}`,
];

/** The map elements by which `port` is reached at its IPv4 bindings, for a container at `address`. */
export const portElements = (
  table: string,
  { port, bindings }: PublishedPort,
  address: string,
): readonly Element[] =>
  bindings
    .filter((binding) => !binding.address.includes(':'))
    .map((binding) => {
      const value = `${address} . ${port.number}`;
      const key = `${port.protocol} . ${binding.port}`;
      return binding.address === '0.0.0.0'
        ? { table, map: ANYWHERE, key, value }
        : { table, map: AT_ADDRESS, key: `${binding.address} . ${key}`, value };
    });
