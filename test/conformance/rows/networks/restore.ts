// SPDX-License-Identifier: Apache-2.0
import { tested, type Section } from '../../coverage/row.ts';

/** After a restart of the daemon, or its death. */
export const restoreSection: Section = {
  title: 'Restore',
  rows: [
    tested(
      'network: restore networks',
      'with their ids, options and subnets',
      'test/integration/networks/restore.test.ts',
      'are what they were, with their containers and the addresses of those',
    ),
    tested(
      'network: restore endpoints',
      'of containers that ran on',
      'test/integration/networks/restore.test.ts',
      'are what they were, with their containers and the addresses of those',
    ),
    tested(
      'network: restore leases',
      'nobody else gets their addresses',
      'test/integration/networks/restore.test.ts',
      'are what they were, with their containers and the addresses of those',
    ),
    tested(
      'network: restore names',
      'are answered again',
      'test/integration/networks/container-names.test.ts',
      'follow runs, renames, connections and a daemon that is killed',
    ),
    tested(
      'network: restore ports',
      'are reached all the time',
      'test/integration/networks/controller.test.ts',
      'remember containers that do not run, and those that run while the daemon is killed',
    ),
    tested(
      'network: restore strays',
      'links, bridges, namespaces and rules of nobody go',
      'test/integration/networks/restore.test.ts',
      'have their bridge again when somebody took it away, and no link or namespace of nobody',
    ),
    tested(
      'network: restore a deleted bridge',
      'is made again',
      'test/integration/networks/restore.test.ts',
      'have their bridge again when somebody took it away, and no link or namespace of nobody',
    ),
    tested(
      'network: restore addresses asked for last',
      'over a restart',
      'test/integration/networks/options.test.ts',
      'a container comes back to the address it had, over a restart of the daemon too, unless somebody else has it',
    ),
  ],
};
