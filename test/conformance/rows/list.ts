// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

const FILTERS: readonly (readonly [string, string])[] = [
  ['id', 'a whole id or a prefix that one has'],
  ['name', 'an expression, with or without a slash'],
  ['label', 'a key, or a key and a value; all of them'],
  ['status', 'implies all; others are 400'],
  ['health', 'none, starting, healthy, unhealthy; others are 400'],
  ['exited', 'a number; only of those that ran'],
  ['ancestor', 'an image by reference or id, and what comes of it'],
  ['before', 'a name or an id'],
  ['since', 'a name or an id'],
  ['volume', 'a name or a destination'],
  ['network', 'a name or a prefix of an id'],
  ['publish', 'a port, a range, a protocol; bad ones 500'],
  ['expose', 'the same'],
  ['is-task', 'true or false'],
  ['isolation', 'of Windows'],
  ['unknown', '400; label! is of prune alone'],
];

/** Lists of containers. */
export const listSection: Section = {
  title: 'Lists and filters',
  rows: [
    ...FILTERS.map(([name, says]) => row(`GET /containers/json filter ${name}`, says)),
    row('list: item', 'its keys'),
    row('list: Image', 'as given; the id when the tag moved'),
    row('list: Command', 'with its arguments, quoted where they hold a blank'),
    row('list: Ports', 'exposed ones without an address; published ones with'),
    row('list: limit and all', 'a limit implies all; newest first'),
    row('list: size', 'when asked for'),
  ],
};
