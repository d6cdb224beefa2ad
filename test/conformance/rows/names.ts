// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../coverage/row.ts';

/** Names and ids of containers. */
export const nameSection: Section = {
  title: 'Names and ids',
  rows: [
    row('rule: id form', '64 hexadecimal digits'),
    row('rule: name form', 'at least two characters of a set, 400 otherwise; one leading slash is taken'),
    row('rule: name slash', 'stored with a slash; lists show it, and those of links'),
    row('rule: name conflict', '409 with the id of the other'),
    tested(
      'rule: name generated',
      'adjective and surname, a digit from the second try on, the short id at last',
      'src/domain/containers/generate-name.test.ts',
      'when six names are taken the short id has to do',
    ),
    row(
      'rule: name lookup',
      'the whole id, the whole name, a prefix that only one id has; else 404, or 400 for several',
    ),
  ],
};
