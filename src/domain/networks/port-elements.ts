// SPDX-License-Identifier: Apache-2.0
import type { Element, ElementMap } from '../../adapters/nftables/index.ts';
import type { HostBinding } from '../../spec/port.ts';
import { type PublishedPort, countOf } from './published-port.ts';

/** Where a port is published at all addresses, and at one of them. */
const ANYWHERE = 'published';
const AT_ADDRESS = 'published_at';
/** The same of ranges whose numbers are the same on the host and in the container: one element each. */
const RANGE = 'published_range';
const RANGE_AT = 'published_range_at';
/** Ports of containers that are reached at the container's own address. */
export const OPENED = 'opened';

const mapsOf = (address: 'ipv4_addr' | 'ipv6_addr'): readonly ElementMap[] => [
  { name: ANYWHERE, type: `inet_proto . inet_service : ${address} . inet_service` },
  { name: AT_ADDRESS, type: `${address} . inet_proto . inet_service : ${address} . inet_service` },
  { name: RANGE, type: `inet_proto . inet_service : ${address}`, intervals: true },
  { name: RANGE_AT, type: `${address} . inet_proto . inet_service : ${address}`, intervals: true },
  { name: OPENED, type: `${address} . inet_proto . inet_service : verdict`, intervals: true },
];

/** The maps of the engine's tables in which published ports are elements: one set a family. */
export const PORT_MAPS: readonly ElementMap[] = mapsOf('ipv4_addr');
export const PORT_MAPS6: readonly ElementMap[] = mapsOf('ipv6_addr');

const translationsOf = (family: 'ip' | 'ip6', addressed: string): readonly string[] => [
  `${addressed} dnat ${family} to ${family} daddr . meta l4proto . th dport map @${AT_ADDRESS}`,
  `${addressed} dnat to ${family} daddr . meta l4proto . th dport map @${RANGE_AT}`,
  `${addressed} dnat ${family} to meta l4proto . th dport map @${ANYWHERE}`,
  `${addressed} dnat to meta l4proto . th dport map @${RANGE}`,
];

/** What is addressed to this host at a published port goes to its container; the narrower binding comes first. */
export const TRANSLATIONS: readonly string[] = translationsOf('ip', 'fib daddr type local');
/** The same for IPv6. What is addressed to `::1` stays on the host, where the kernel keeps it: the engine forwards it. */
export const TRANSLATIONS6: readonly string[] = translationsOf(
  'ip6',
  'fib daddr type local ip6 daddr != ::1',
);

/** In a chain of what is forwarded: ports that are opened at the container's own address are let through. */
export const OPENED_RULE = `ip daddr . meta l4proto . th dport vmap @${OPENED}`;
export const OPENED_RULE6 = `ip6 daddr . meta l4proto . th dport vmap @${OPENED}`;

/** The container's addresses to which published ports lead: empty where it has none of the family. */
export interface PortTarget {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** Names of the engine's tables. */
export interface PortTables {
  readonly ip: string;
  readonly ip6: string;
}

const keyRange = (protocol: string, first: number, count: number): string =>
  `${protocol} . ${count === 1 ? first : `${first}-${first + count - 1}`}`;

const ANY = new Set(['0.0.0.0', '::']);

type Place = Pick<Element, 'table' | 'family'>;

/** Elements of one binding: one where the numbers are the same, otherwise one a port. */
const bindingElements = (
  place: Place,
  published: PublishedPort,
  binding: HostBinding,
  target: string,
): readonly Element[] => {
  const { number, protocol } = published.port;
  const count = countOf(published);
  // No port of the host: it is reached at the container's own address.
  if (binding.port === 0)
    return [
      { ...place, map: OPENED, key: `${target} . ${keyRange(protocol, number, count)}`, value: 'accept' },
    ];
  const at = ANY.has(binding.address) ? '' : `${binding.address} . `;
  if (count > 1 && binding.port === number) {
    const map = at === '' ? RANGE : RANGE_AT;
    return [{ ...place, map, key: `${at}${keyRange(protocol, number, count)}`, value: target }];
  }
  const map = at === '' ? ANYWHERE : AT_ADDRESS;
  return Array.from({ length: count }, (_, offset) => ({
    ...place,
    map,
    key: `${at}${protocol} . ${binding.port + offset}`,
    value: `${target} . ${number + offset}`,
  }));
};

/**
 * The map elements by which `published` is reached at its bindings. A binding of a family of which the container has no
 * address has none: the engine forwards it.
 */
export const portElements = (
  tables: PortTables,
  published: PublishedPort,
  target: PortTarget,
): readonly Element[] =>
  published.bindings.flatMap((binding) => {
    const isIpv6 = binding.address.includes(':');
    const address = isIpv6 ? target.ipv6 : target.ipv4;
    if (address === '') return [];
    const place: Place = isIpv6 ? { table: tables.ip6, family: 'ip6' } : { table: tables.ip };
    return bindingElements(place, published, binding, address);
  });
