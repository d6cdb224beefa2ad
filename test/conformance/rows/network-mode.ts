// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

/** What does not go together with a network mode. */
export const networkModeSection: Section = {
  title: 'Network modes and what they refuse',
  rows: [
    row('rule: network container: + hostname', '400 `conflicting options: hostname and the network mode`'),
    row('rule: network container: + links', '400'),
    row('rule: network container: + dns', '400 `conflicting options: dns and the network mode`'),
    row('rule: network container: + extra hosts', '400 `… custom host-to-IP mapping and the network mode`'),
    row('rule: network container: + ports', '400 `… port publishing and the container type network mode`'),
    row('rule: network container: + expose', '400 `… port exposing and the container type network mode`'),
    row(
      'rule: network container: empty',
      '400 `invalid network mode: invalid container format container:<name|id>`',
    ),
    row('rule: network host + links', '400'),
    row('rule: network static address on a predefined network', '400'),
    row('rule: network alias on a predefined network', '400'),
    row('rule: network static address without a subnet', '400'),
    row('rule: network several errors', 'each on a line of its own after `* `'),
    row('rule: network static address that is none', '400 `invalid IPv4 address: zz`'),
    row('rule: network bad MAC address', '400 `invalid config for network bridge: invalid MAC address zz`'),
    row('rule: network other endpoint than bridge', 'the network of EndpointsConfig alone is attached'),
    row('rule: network container: stopped', '409 at start'),
  ],
};
