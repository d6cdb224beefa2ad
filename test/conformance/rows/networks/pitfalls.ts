// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../../coverage/row.ts';

/** What clients trip over. */
export const networkPitfallSection: Section = {
  title: 'Pitfalls',
  rows: [
    row('pitfall: networks by name', 'the key in Networks is the name, whatever the client said'),
    row('pitfall: network labels', 'come back exactly'),
    row('pitfall: network delete status', '403, not 409'),
    row('pitfall: network created in nanoseconds', ''),
    row('pitfall: short id in aliases', 'below 1.45 alone'),
    row('pitfall: disconnect of a stopped container', 'takes the entry away'),
    row('pitfall: network filter is a part', 'compose looks for the whole name itself'),
  ],
};
