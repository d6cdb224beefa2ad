// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../coverage/row.ts';

/** Files that name hosts, and links. */
export const hostsSection: Section = {
  title: 'Hosts, names and links',
  rows: [
    row('rule: hosts file', 'its lines and their order'),
    row('rule: hosts of the host', "the host's own with the network of the host"),
    row('rule: hosts written at start', 'edits last until then'),
    row('rule: resolv.conf', "the host's without loopback ones; what the container says instead"),
    tested(
      'rule: resolv.conf edges',
      'the stub of systemd-resolved, fallbacks, options',
      'src/domain/networks/resolv-conf.test.ts',
      'a host without a server that a container reaches gives public ones',
    ),
    row('rule: resolv.conf text', 'its comments'),
    row('rule: link environment', 'ALIAS_PORT and its parts, ALIAS_NAME, ALIAS_ENV'),
    row('rule: link hosts', 'a line for name and alias'),
    row('rule: link errors', 'one that does not run, one of another network'),
  ],
};
