// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../../coverage/row.ts';

const OVERLAY = 'test/integration/networks/overlay.test.ts';
const MACVLAN = 'test/integration/networks/macvlan.test.ts';

/** Drivers that are built in, other than bridge. */
export const driverSection: Section = {
  title: 'Drivers: host, none, macvlan, ipvlan, overlay',
  rows: [
    row('network: driver host', 'the links of the host'),
    row('network: driver null', 'loopback alone'),
    row('network: driver macvlan', 'a link of its own on a parent'),
    row('network: driver macvlan modes', 'bridge, private, vepa, passthru; others 500'),
    row('network: driver macvlan parent', '`eth0.50` is a VLAN; bad ones 500'),
    tested(
      'network: driver macvlan without a parent',
      'a dummy one, or a cable where the kernel has no dummy links; it leads nowhere',
      MACVLAN,
      'without a parent lead nowhere and leave no link',
    ),
    tested(
      'network: driver macvlan after a crash',
      'traffic goes on while the daemon is dead, addresses are free after it',
      MACVLAN,
      'have their containers beside the neighbours of a link, with names, and survive a daemon that is killed',
    ),
    row('network: driver macvlan internal', 'no way out'),
    row('network: driver macvlan shared parent', 'networks share one, unless one is passthru'),
    row('network: driver ipvlan', 'modes l2, l3, l3s; flags bridge, private, vepa; others 500'),
    row('network: driver ipvlan without kernel support', 'says so'),
    tested(
      'network: driver overlay',
      'VXLAN between two hosts that are told of each other; traffic goes on while a daemon is dead',
      OVERLAY,
      'go on while a daemon is dead, and work with the next one',
    ),
    tested(
      'network: driver overlay names and addresses',
      'a MAC address of the IP address; names of the own host',
      OVERLAY,
      'connect containers of two hosts, who keep their addresses apart, with names of each host',
    ),
    tested(
      'network: driver overlay without a cluster',
      '403 without peers of its own; 501 for encrypted ones',
      OVERLAY,
      'are a manager’s where nobody names peers, and never encrypted',
    ),
  ],
};
