// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../../coverage/row.ts';

/** Drivers that are built in, other than bridge. */
export const driverSection: Section = {
  title: 'Drivers: host, none, macvlan, ipvlan, overlay',
  rows: [
    row('network: driver host', 'the links of the host'),
    row('network: driver null', 'loopback alone'),
    row('network: driver macvlan', 'a link of its own on a parent'),
    row('network: driver macvlan modes', 'bridge, private, vepa, passthru; others 500'),
    row(
      'network: driver macvlan parent',
      'a dummy one when there is none; `eth0.50` is a VLAN; bad ones 500',
    ),
    row('network: driver macvlan internal', 'no way out'),
    row('network: driver macvlan shared parent', 'refused as dockerd refuses it'),
    row('network: driver ipvlan', 'modes l2, l3, l3s; flags bridge, private, vepa; others 500'),
    row('network: driver ipvlan without kernel support', 'says so'),
    row('network: driver overlay', 'VXLAN between two hosts with peers that are told'),
    row('network: driver overlay names and addresses', 'a MAC address of the IP address'),
  ],
};
