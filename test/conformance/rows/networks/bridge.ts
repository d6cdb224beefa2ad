// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../../coverage/row.ts';

/** Options of the bridge driver. */
export const bridgeSection: Section = {
  title: 'Options of bridges',
  rows: [
    row('network: option bridge.name', 'the device; longer than 15 bytes is 500'),
    row('network: option bridge.name of a device that is there', 'is used and stays'),
    row('network: option bridge.enable_icc', 'false keeps containers apart'),
    row('network: option bridge.enable_ip_masquerade', 'false leaves source addresses as they are'),
    row('network: option bridge.host_binding_ipv4', 'where ports are published without an address'),
    row('network: option bridge.inhibit_ipv4', 'the bridge has no IPv4 address'),
    row('network: option bridge.gateway_mode_ipv4', 'nat, nat-unprotected, routed, isolated; others 400'),
    row('network: option bridge.gateway_mode_ipv6', 'the same for IPv6'),
    row(
      'network: gateway mode isolated',
      'of internal networks alone (500): no gateway, no address on the bridge',
    ),
    row('network: gateway mode routed', 'no translation: published ports are open at the container'),
    row('network: gateway mode nat-unprotected', 'ports that are not published are open, too'),
    row('network: option bridge.trusted_host_interfaces', 'packets from there reach containers directly'),
    row('network: option bridge.default_bridge', 'shown of the default bridge'),
    row('network: option driver.mtu', 'of the bridge and of interfaces; negative ones 400'),
    row('network: option enable_ipv4', 'as the field, for clients that lack it'),
    row('network: option enable_ipv6', 'as the field; what is no boolean is 400'),
    row('network: option host_ipv4', 'the source address of what leaves'),
    row('network: option host_ipv6', 'the same for IPv6'),
    row('network: option container_iface_prefix', 'the beginning of interface names'),
    row('network: option values that are none', '400 `failed to parse <label> value: …`'),
  ],
};
