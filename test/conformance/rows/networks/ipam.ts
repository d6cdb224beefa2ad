// SPDX-License-Identifier: Apache-2.0
import { open, row, tested, type Section } from '../../coverage/row.ts';

/** Who gets which address. */
export const ipamSection: Section = {
  title: 'Addresses',
  rows: [
    row(
      'network: ipam default pools',
      'the first free one of 172.17.0.0/16 … 192.168.240.0/20; freed ones again',
    ),
    row('network: ipam host routes', 'subnets that the host has routes to are left out'),
    tested(
      'network: ipam pools used up',
      'a network more is refused',
      'src/domain/networks/choose-subnet.test.ts',
      'no subnet left and a source that is none are errors',
    ),
    tested(
      'network: ipam IPv6 pools',
      'unique local /64 of this host, where none is configured',
      'src/domain/networks/plan-network.test.ts',
      'an IPv6 subnet is chosen from what is unique to the host, the same one every time',
    ),
    row('network: ipam Subnet', 'given ones are shown as given'),
    row('network: ipam Gateway', 'the first address by default, any of the subnet'),
    row('network: ipam IPRange', 'addresses of it alone; its first is one of them; a gateway outside'),
    row('network: ipam AuxiliaryAddresses', 'nobody gets them'),
    row('network: ipam AuxiliaryAddresses DefaultGatewayIPv4', 'is the way out'),
    row('network: ipam order', 'the lowest free address; one that was let go of is free at once'),
    tested(
      'network: ipam same address again',
      'a container gets the one it had last, when it is free',
      'test/integration/networks/options.test.ts',
      'a container comes back to the address it had, over a restart of the daemon too, unless somebody else has it',
    ),
    row('network: ipam used up', "`no available IPv4 addresses on this network's address pools: …`, 128"),
    row('network: ipam static IPv4', 'of given subnets alone; outside of the range is allowed'),
    row('network: ipam static IPv6', 'of given subnets alone'),
    row('network: ipam static address taken', '403 `Address already in use`'),
    row('network: ipam static address elsewhere', '400 `no configured subnet or ip-range contain …`'),
    row('network: ipam MAC address', 'random, local; a given one is used'),
    open(
      'network: ipam Status',
      'addresses in use and left of each subnet, since 1.52',
      'the engine speaks API 1.51',
    ),
  ],
};
