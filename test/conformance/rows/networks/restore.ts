// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../../coverage/row.ts';

/** After a restart of the daemon, or its death. */
export const restoreSection: Section = {
  title: 'Restore',
  rows: [
    row('network: restore networks', 'with their ids, options and subnets'),
    row('network: restore endpoints', 'of containers that ran on'),
    row('network: restore leases', 'nobody else gets their addresses'),
    row('network: restore names', 'are answered again'),
    row('network: restore ports', 'are reached all the time'),
    row('network: restore strays', 'links, bridges, namespaces and rules of nobody go'),
    row('network: restore a deleted bridge', 'is made again'),
    row('network: restore addresses asked for last', 'over a restart'),
  ],
};
