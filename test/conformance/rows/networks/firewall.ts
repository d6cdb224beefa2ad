// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../../coverage/row.ts';

/** Who reaches whom. */
export const firewallSection: Section = {
  title: 'Firewall',
  rows: [
    row('network: firewall between bridges', 'nothing passes'),
    row('network: firewall unpublished ports', 'are not reached from outside'),
    row('network: firewall direct access', 'container addresses are not reached from other links'),
    row('network: firewall loopback ports', 'published at 127.0.0.1 are not reached from outside'),
    row('network: firewall internal', 'nothing comes in or goes out'),
    row('network: firewall icc', 'false keeps containers apart, links open ports'),
    row('network: firewall masquerade', 'IPv4 and IPv6'),
    row("network: firewall users' own rules", 'come first and stay'),
    row('network: firewall flushed', 'is made again by itself'),
    row('network: firewall iptables false', 'is left alone'),
    row('network: firewall ip6tables false', 'the same for IPv6'),
    row(
      'network: firewall forwarding',
      'is turned on, and what is not ours is dropped then, unless told otherwise',
    ),
    row("network: firewall respects the host's input rules", 'when asked to'),
  ],
};
