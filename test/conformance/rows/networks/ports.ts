// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../../coverage/row.ts';

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
    row('network: port many', '10,000 at once'),
    row('network: port hairpin', 'a container reaches itself by the host'),
    row('network: port from localhost', 'with and without the userland proxy'),
    row('network: port IPv6 to IPv4', 'by the userland proxy'),
    row('network: port internal, host and none', 'ignored'),
    row('network: port inspect', 'bindings; null for exposed ones; empty when stopped'),
    row('network: port list', 'in ps'),
    row('network: port moves', 'with the endpoint that leads out'),
    row('network: port live update', 'published and unpublished while the container runs'),
    row('network: port userland-proxy false', ''),
    row('network: port routed', 'the row has no host port'),
  ],
};
