// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../../coverage/row.ts';

/** What is told of networks, and when they go. */
export const inspectSection: Section = {
  title: 'Inspect, list, delete, prune, events',
  rows: [
    row('network: inspect', 'all fields of a network that is told nothing'),
    row('network: inspect IPAM.Config', 'what was given, or what was chosen with its gateway'),
    row('network: inspect Containers', 'those that run, with their addresses'),
    row('network: inspect predefined', 'bridge, host, none'),
    row('network: lookup', 'by name, by id, by the beginning of an id; a name before an id'),
    tested(
      'network: lookup ambiguous',
      '400',
      'src/domain/networks/find-network.test.ts',
      'a name goes before an id, and an id may be cut short when it is the only one',
    ),
    row('network: lookup unknown', '404 `network X not found`'),
    row('network: inspect verbose', 'a boolean, or 400'),
    row('network: inspect scope', 'another scope is 404'),
    row('network: list', 'Containers empty since 1.28'),
    row('network: list filter name', 'a part of it or a pattern'),
    row('network: list filter id', 'a part of it'),
    row('network: list filter driver', ''),
    row('network: list filter type', 'custom, builtin; others 400'),
    row('network: list filter scope', 'an unknown one finds nothing'),
    row('network: list filter label', 'key, or key and value'),
    row('network: list filter dangling', 'custom ones without containers'),
    row('network: list filter unknown', "400 `invalid filter 'x'`"),
    row('network: delete predefined', '403'),
    row('network: delete in use', '403 with the names of all endpoints'),
    row('network: delete with stopped containers', 'they can not start then'),
    row('network: prune', 'null when there is none; predefined and config-only ones stay'),
    row('network: prune filter until', 'a time or an age'),
    row('network: prune filter label', 'label and label!'),
    row('network: events', 'create, connect, disconnect, destroy, prune, with their attributes'),
  ],
};
