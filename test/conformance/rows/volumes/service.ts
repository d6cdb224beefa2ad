// SPDX-License-Identifier: Apache-2.0
import { row, type Section, tested } from '../../coverage/row.ts';

const UNIT = 'src/domain/volumes/volumes.test.ts';

/** What volumes are, and what may be done with them. */
export const volumeService: Section = {
  title: 'Service',
  rows: [
    row('volume: name', 'two characters and more of `[a-zA-Z0-9_.-]`, else 400'),
    row('volume: anonymous', '64 hex digits; the label `com.docker.volume.anonymous`'),
    row('volume: same name', '201 with the one that is there, whatever else is asked'),
    row('volume: labels and options', 'as they were sent: null when absent, `{}` when empty'),
    row('volume: driver', 'an unknown one is 404, the text of dockerd'),
    row('volume: inspect', 'all fields; 404 `get X: no such volume`'),
    row('volume: list filters', 'name, label, driver, dangling; unknown ones and bad values are 400'),
    row('volume: remove', '409 with the containers that have it, also by force; 404, none by force'),
    row('volume: removal with containers', '`rm -v` and `--rm` take anonymous ones that nobody else has'),
    row('volume: who uses what', 'stopped containers too; ps filters by volume'),
    row('volume: prune', 'anonymous ones from 1.42, all before; `all`, `label`, `label!`; none with options'),
    row('volume: disk usage', 'size and references of local ones without options'),
    row('volume: events', 'create, destroy, mount, unmount with their attributes'),
    row('volume: cluster', 'a ClusterVolumeSpec, and PUT, are 503 outside of a swarm'),
    tested(
      'volume: another driver',
      '409 `volume name must be unique`',
      'test/integration/volumes/plugin.test.ts',
      'what the plugin refuses is told in its own words',
    ),
    tested(
      'volume: two creates of one name at once',
      'one volume, one event',
      UNIT,
      'are made once, whatever is asked for the second time',
    ),
    tested(
      'volume: records survive',
      'a kill of the daemon at any time',
      'test/integration/volumes/faults.test.ts',
      'volumes that were told of survive a kill, what was half-made does not',
    ),
    tested(
      'volume: full disk',
      'creating, copying up and importing fail and leave nothing',
      'test/integration/volumes/full-disk.test.ts',
      'a full disk fails what is being made, and nothing of it is left',
    ),
    tested(
      'volume: removed while a container starts',
      'one of both is refused',
      'test/integration/volumes/faults.test.ts',
      'creates, removals and starts of one volume at once end in order',
    ),
  ],
};
