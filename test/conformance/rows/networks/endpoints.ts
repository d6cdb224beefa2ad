// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../../coverage/row.ts';

/** A container's places in networks. */
export const endpointSection: Section = {
  title: 'Endpoints',
  rows: [
    row('network: endpoint IPAMConfig', 'as sent; an address that is none is 400'),
    row('network: endpoint Aliases', 'as sent'),
    row('network: endpoint Links', 'names for this container alone'),
    row('network: endpoint MacAddress', 'of create, since 1.44; a bad one is 400'),
    tested(
      'network: endpoint GwPriority',
      'since 1.48',
      'test/integration/networks/options.test.ts',
      'the network of the highest priority leads out, and another one when that goes',
    ),
    tested(
      'network: endpoint DriverOpts ifname',
      'the name of the interface; longer than 15 bytes is 500',
      'test/integration/networks/options.test.ts',
      'an endpoint has the interface name and the settings that it is given',
    ),
    tested(
      'network: endpoint DriverOpts sysctls',
      'of its interface; others are 400',
      'test/integration/networks/options.test.ts',
      'an endpoint has the interface name and the settings that it is given',
    ),
    row('network: endpoint DNSNames', 'name, aliases, short id, host name'),
    row('network: endpoints several at create', 'since 1.44; 400 before'),
    row('network: endpoints and NetworkMode', 'the mode is attached alone when there are none'),
    row('network: endpoint inspect running', 'addresses, gateways, lengths'),
    row('network: endpoint inspect stopped', 'no addresses; the network stays'),
    row('network: endpoint inspect created', 'nothing'),
    row('network: endpoint interface names', 'eth0, eth1 … in the order of joining'),
    row('network: gateway of one network', 'the default route'),
    row('network: gateway by name', 'of networks alike the first by name leads out'),
    tested(
      'network: gateway by GwPriority',
      'the highest first',
      'test/integration/networks/options.test.ts',
      'the network of the highest priority leads out, and another one when that goes',
    ),
    tested(
      'network: gateway dual-stack first',
      'one with both gateways leads out for both',
      'test/integration/networks/options.test.ts',
      'of networks alike one with both families leads out for both',
    ),
    row('network: gateway and internal', 'internal networks never lead out'),
    row('network: gateway moves', 'with connect and disconnect'),
    row('network: interface peers', 'two containers of a network reach each other, IPv4 and IPv6'),
    row('network: several networks at start', 'an interface for each'),
  ],
};
