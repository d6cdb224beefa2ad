// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../../coverage/row.ts';

const MODES = 'test/integration/networks/firewall-modes.test.ts';

/** Options of the bridge driver. */
export const bridgeSection: Section = {
  title: 'Options of bridges',
  rows: [
    row('network: option bridge.name', 'the device; longer than 15 bytes is 500'),
    tested(
      'network: option bridge.name of a device that is there',
      'is used and stays',
      'test/integration/networks/options.test.ts',
      'a device that is there is used, and stays when the network goes',
    ),
    tested(
      'network: option bridge.enable_icc',
      'false keeps containers apart',
      'test/integration/networks/firewall-modes.test.ts',
      'without icc neighbours are apart but for linked ports, and still reach outside',
    ),
    tested(
      'network: option bridge.enable_ip_masquerade',
      'false leaves source addresses as they are',
      MODES,
      'what leaves has the address of the host, the one that is asked for, or its own',
    ),
    tested(
      'network: option bridge.host_binding_ipv4',
      'where ports are published without an address',
      'test/integration/networks/options.test.ts',
      'ports are published where the network says, if the container does not',
    ),
    tested(
      'network: option bridge.inhibit_ipv4',
      'the bridge has no IPv4 address',
      'test/integration/networks/options.test.ts',
      'a bridge without an IPv4 address leaves the gateway to somebody else',
    ),
    tested(
      'network: option bridge.gateway_mode_ipv4',
      'nat, nat-unprotected, routed, isolated; others 400',
      'test/integration/networks/options.test.ts',
      'gateway modes are told as they were given, and others refused',
    ),
    tested(
      'network: option bridge.gateway_mode_ipv6',
      'the same for IPv6',
      'test/integration/networks/options.test.ts',
      'gateway modes are told as they were given, and others refused',
    ),
    tested(
      'network: gateway mode isolated',
      'of internal networks alone (500): no gateway, no address on the bridge',
      'test/integration/networks/options.test.ts',
      'an isolated network has no gateway, and its bridge no address',
    ),
    tested(
      'network: gateway mode routed',
      'no translation: published ports are open at the container',
      MODES,
      'routed: published ports are reached at the container, by other networks too, and no others',
    ),
    tested(
      'network: gateway mode nat-unprotected',
      'ports that are not published are open, too',
      MODES,
      'nat-unprotected: all ports are reached from outside, and none from other networks',
    ),
    tested(
      'network: option bridge.trusted_host_interfaces',
      'packets from there reach containers directly',
      MODES,
      'trusted devices: published ports are reached at the container, through them alone',
    ),
    row('network: option bridge.default_bridge', 'shown of the default bridge'),
    row('network: option driver.mtu', 'of the bridge and of interfaces; negative ones 400'),
    tested(
      'network: option enable_ipv4',
      'as the field, for clients that lack it',
      'test/integration/networks/options.test.ts',
      'options in the place of the fields: enable_ipv4 and enable_ipv6',
    ),
    tested(
      'network: option enable_ipv6',
      'as the field; what is no boolean is 400',
      'test/integration/networks/options.test.ts',
      'options in the place of the fields: enable_ipv4 and enable_ipv6',
    ),
    tested(
      'network: option host_ipv4',
      'the source address of what leaves',
      MODES,
      'what leaves has the address of the host, the one that is asked for, or its own',
    ),
    tested(
      'network: option host_ipv6',
      'the same for IPv6',
      'test/integration/networks/firewall-modes.test.ts',
      'what leaves has the address of the host, the one that is asked for, or its own',
    ),
    row('network: option container_iface_prefix', 'the beginning of interface names'),
    row('network: option values that are none', '400 `failed to parse <label> value: …`'),
  ],
};
