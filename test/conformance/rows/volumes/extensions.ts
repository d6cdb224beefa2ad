// SPDX-License-Identifier: Apache-2.0
import { type Section, tested } from '../../coverage/row.ts';

const FILE = 'test/integration/volumes/extensions.test.ts';

/** What Docker has not: docs/extensions.md. */
export const volumeExtensions: Section = {
  title: 'Extensions',
  rows: [
    tested(
      'POST /volumes/{name}/rename',
      'with its containers, running or not',
      FILE,
      'a renamed volume is that of its containers, running or not, before and after a crash',
    ),
    tested(
      'rename: mounted ones',
      'stay mounted',
      FILE,
      'a mounted volume is renamed under its container, and unmounted after it',
    ),
    tested(
      'rename: cut short by a crash',
      'finished at boot',
      'test/integration/volumes/rename-crash.test.ts',
      'a rename that was cut short is finished at boot, under a running container',
    ),
    tested(
      'GET /volumes/{name}/export',
      'a tar stream of all',
      FILE,
      'what is exported comes back by an import: owners, modes, times, attributes, links, devices',
    ),
    tested(
      'POST /volumes/{name}/import',
      'all or nothing',
      FILE,
      'what is exported comes back by an import: owners, modes, times, attributes, links, devices',
    ),
    tested(
      'import: bad archives',
      'lead nowhere',
      FILE,
      'an archive that is none, that ends early or leads out makes no volume',
    ),
    tested(
      'import: hang-up, kill',
      'leave nothing',
      FILE,
      'a client that hangs up in the middle leaves nothing half-made',
    ),
    tested(
      'POST /volumes/{name}/clone',
      'blocks shared where the file system can',
      FILE,
      'a clone has the same files, and lives by itself',
    ),
  ],
};
