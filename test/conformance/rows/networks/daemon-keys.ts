// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../../coverage/row.ts';

/** Keys of the daemon that are about networks. */
export const daemonKeySection: Section = {
  title: 'Keys of the daemon',
  rows: [
    row('daemon: bridge', 'a device that is there; none'),
    row('daemon: bip', 'the address of docker0; bad ones stop the daemon'),
    row('daemon: bip6', 'the IPv6 address of docker0'),
    row('daemon: fixed-cidr', 'the range of docker0'),
    row('daemon: fixed-cidr-v6', 'the IPv6 subnet or range of docker0'),
    row('daemon: default-gateway', 'of containers on docker0'),
    row('daemon: default-gateway-v6', 'the same for IPv6'),
    row('daemon: ipv6', 'IPv6 on docker0'),
    row('daemon: icc', ''),
    row('daemon: ip', 'where ports are published without an address'),
    row('daemon: ip-forward', ''),
    row('daemon: ip-forward-no-drop', ''),
    row('daemon: ip-masq', ''),
    row('daemon: iptables', ''),
    row('daemon: ip6tables', ''),
    row('daemon: userland-proxy', ''),
    row('daemon: allow-direct-routing', ''),
    row('daemon: mtu', 'of docker0; negative ones are refused'),
    row('daemon: default-address-pools', 'IPv4 and IPv6'),
    row('daemon: default-network-opts', 'options of new networks, by driver'),
    row('daemon: host-gateway-ips', 'what host-gateway stands for'),
    row('daemon: dns, dns-search and dns-opts', 'of containers that say nothing else'),
  ],
};
