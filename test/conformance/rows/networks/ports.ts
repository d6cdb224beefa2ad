// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../../coverage/row.ts';

const RANGES = 'test/integration/networks/port-ranges.test.ts';
const LIVE = 'test/integration/networks/live-ports.test.ts';
const PROXY = 'test/integration/networks/proxy.test.ts';
const FAMILIES = 'test/integration/networks/port-families.test.ts';

/** Published ports. */
export const portSection: Section = {
  title: 'Ports',
  rows: [
    row('network: port ephemeral', 'one after the other, another one after a restart'),
    row('network: port fixed', ''),
    row('network: port range', 'the first free one; used up: `all ports are allocated`'),
    row('network: port protocols', 'tcp, udp, sctp'),
    row('network: port host address', 'an IPv4 or IPv6 one; all by default, the same port on both families'),
    row('network: port taken by a container', '`Bind for … failed: port is already allocated`, 128'),
    row('network: port taken by a process', '`failed to bind host port for …: address already in use`'),
    row('network: port host address of nobody', '`cannot assign requested address`'),
    row('network: port not a number', '400'),
    row('network: port all', 'every exposed one'),
    tested(
      'network: port many',
      '10,000 at once',
      RANGES,
      'ten thousand ports are published as one range, held against others, and outlive kill -9 of the daemon',
    ),
    tested(
      'network: port IPv6',
      'translated where the container has an address, passed on by the engine to `::1`',
      FAMILIES,
      'where a container has an IPv6 address packets are translated, and only ::1 is passed on by the engine',
    ),
    row('network: port hairpin', 'a container reaches itself by the host'),
    row('network: port from localhost', 'with and without the userland proxy'),
    row('network: port IPv6 to IPv4', 'by the userland proxy'),
    row('network: port internal, host and none', 'ignored'),
    row('network: port inspect', 'bindings; null for exposed ones; empty when stopped'),
    row('network: port list', 'in ps'),
    row('network: port moves', 'with the endpoint that leads out'),
    tested(
      'network: port live update',
      'published and unpublished while the container runs',
      LIVE,
      'a running container gets ports and loses some, at once and for all to see, and those that stay are not touched',
    ),
    tested(
      'network: port live update refused',
      'all of it or nothing',
      LIVE,
      'a port that is not to be had leaves everything as it was',
    ),
    tested(
      'network: port live update restored',
      'over kill -9 of the daemon and a restart of the container',
      LIVE,
      'live ports outlive kill -9 of the daemon and a restart of the container',
    ),
    tested(
      'network: port userland-proxy false',
      'what address translation reaches',
      PROXY,
      'without a proxy there is what address translation reaches: no IPv6, the host itself, neighbours and the container',
    ),
    tested(
      'network: port routed',
      'the row has no host port',
      FAMILIES,
      'ports of a container that is reached at its own address take none of the host',
    ),
  ],
};
