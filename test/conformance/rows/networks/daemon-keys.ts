// SPDX-License-Identifier: Apache-2.0
import { tested, type Section } from '../../coverage/row.ts';

/** Keys of the daemon that are about networks. */
export const daemonKeySection: Section = {
  title: 'Keys of the daemon',
  rows: [
    tested(
      'daemon: bridge',
      'a device that is there; none',
      'test/integration/networks/restore.test.ts',
      'without a default bridge there is no docker0',
    ),
    tested(
      'daemon: bip',
      'the address of docker0; bad ones stop the daemon',
      'src/domain/networks/bridge/prepare-bridge.test.ts',
      'a bip takes the place of the address that the bridge had',
    ),
    tested(
      'daemon: bip6',
      'the IPv6 address of docker0',
      'test/integration/networks/restore.test.ts',
      'has another IPv6 address when that is asked for, or one of this host alone',
    ),
    tested(
      'daemon: fixed-cidr',
      'the range of docker0',
      'src/domain/networks/bridge/prepare-bridge.test.ts',
      'range and gateway are shown as Docker shows them',
    ),
    tested(
      'daemon: fixed-cidr-v6',
      'the IPv6 subnet or range of docker0',
      'test/integration/networks/restore.test.ts',
      'has IPv6 when it is asked for',
    ),
    tested(
      'daemon: default-gateway',
      'of containers on docker0',
      'src/domain/networks/bridge/prepare-bridge.test.ts',
      'range and gateway are shown as Docker shows them',
    ),
    tested(
      'daemon: default-gateway-v6',
      'the same for IPv6',
      'test/integration/networks/restore.test.ts',
      'has IPv6 when it is asked for',
    ),
    tested(
      'daemon: ipv6',
      'IPv6 on docker0',
      'test/integration/networks/restore.test.ts',
      'has IPv6 when it is asked for',
    ),
    tested(
      'daemon: icc',
      '',
      'test/integration/networks/sandbox.test.ts',
      'containers do not reach each other when icc is off, and still reach the host and outside',
    ),
    tested(
      'daemon: ip',
      'where ports are published without an address',
      'test/integration/networks/restore.test.ts',
      'has its ports published where the daemon says',
    ),
    tested(
      'daemon: ip-forward',
      '',
      'src/domain/networks/create-networks.test.ts',
      'forwarding and the loopback route are switched on, and only when asked for',
    ),
    tested(
      'daemon: ip-forward-no-drop',
      '',
      'test/integration/networks/firewall-rules.test.ts',
      'a host that forwards since the engine came does so for containers alone, if nobody wants more',
    ),
    tested(
      'daemon: ip-masq',
      '',
      'test/integration/networks/firewall-rules.test.ts',
      'without masquerading what leaves keeps its address',
    ),
    tested(
      'daemon: iptables',
      '',
      'test/integration/networks/sandbox.test.ts',
      'without a firewall the engine forwards by itself',
    ),
    tested(
      'daemon: ip6tables',
      '',
      'test/integration/networks/restore.test.ts',
      'have no table of IPv6 any more when the daemon is to leave that alone',
    ),
    tested(
      'daemon: userland-proxy',
      '',
      'test/integration/networks/firewall-rules.test.ts',
      'without a proxy ports are reached by translation alone, from the host and from the container too',
    ),
    tested(
      'daemon: allow-direct-routing',
      '',
      'test/integration/networks/firewall-rules.test.ts',
      'direct routing lets published ports be reached at the container, from outside',
    ),
    tested(
      'daemon: mtu',
      'of docker0; negative ones are refused',
      'test/integration/networks/options.test.ts',
      'the default bridge is as the daemon says: its MTU, its name servers, and what host-gateway stands for',
    ),
    tested(
      'daemon: default-address-pools',
      'IPv4 and IPv6',
      'test/integration/networks/restore.test.ts',
      'has another IPv6 address when that is asked for, or one of this host alone',
    ),
    tested(
      'daemon: default-network-opts',
      'options of new networks, by driver',
      'test/integration/networks/options.test.ts',
      "the daemon's own options are those of new networks that say nothing else",
    ),
    tested(
      'daemon: host-gateway-ips',
      'what host-gateway stands for',
      'test/integration/networks/options.test.ts',
      'the default bridge is as the daemon says: its MTU, its name servers, and what host-gateway stands for',
    ),
    tested(
      'daemon: dns, dns-search and dns-opts',
      'of containers that say nothing else',
      'test/integration/networks/options.test.ts',
      'the default bridge is as the daemon says: its MTU, its name servers, and what host-gateway stands for',
    ),
  ],
};
