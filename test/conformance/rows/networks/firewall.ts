// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../../coverage/row.ts';

const MODES = 'test/integration/networks/firewall-modes.test.ts';
const RULES = 'test/integration/networks/firewall-rules.test.ts';
const HOST_INPUT = 'test/integration/networks/firewall-host-input.test.ts';

/** Who reaches whom. */
export const firewallSection: Section = {
  title: 'Firewall',
  rows: [
    row('network: firewall between bridges', 'nothing passes'),
    tested(
      'network: firewall unpublished ports',
      'are not reached from outside',
      MODES,
      'nat: published ports are reached at the host, by both families, and nothing else is',
    ),
    tested(
      'network: firewall direct access',
      'container addresses are not reached from other links',
      MODES,
      'nat: published ports are reached at the host, by both families, and nothing else is',
    ),
    tested(
      'network: firewall loopback ports',
      'published at 127.0.0.1 are not reached from outside',
      'test/integration/networks/firewall-modes.test.ts',
      'bridges are apart, and what is addressed to 127.0.0.1 beyond the loopback device is dropped',
    ),
    row('network: firewall internal', 'nothing comes in or goes out'),
    row('network: firewall icc', 'false keeps containers apart, links open ports'),
    tested(
      'network: firewall masquerade',
      'IPv4 and IPv6',
      MODES,
      'what leaves has the address of the host, the one that is asked for, or its own',
    ),
    tested(
      "network: firewall users' own rules",
      'come first and stay',
      RULES,
      "users' rules come first, may refuse and let pass, and outlive the engine",
    ),
    tested(
      'network: firewall flushed',
      'is made again by itself',
      RULES,
      'rules that somebody flushes come back at once with all ports, and users keep theirs otherwise',
    ),
    tested(
      'network: firewall iptables false',
      'is left alone',
      RULES,
      'without iptables no table is made, without ip6tables none for IPv6, and ports are reached all the same',
    ),
    tested(
      'network: firewall ip6tables false',
      'the same for IPv6',
      RULES,
      'without iptables no table is made, without ip6tables none for IPv6, and ports are reached all the same',
    ),
    tested(
      'network: firewall forwarding',
      'is turned on, and what is not ours is dropped then, unless told otherwise',
      RULES,
      'a host that forwards since the engine came does so for containers alone, if nobody wants more',
    ),
    tested(
      "network: firewall respects the host's input rules",
      'when asked to',
      HOST_INPUT,
      'one that it does not let in is not, from outside; services of the host are as ever',
    ),
  ],
};
