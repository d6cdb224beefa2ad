// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../../coverage/row.ts';

/** The requests of the volume group. */
export const volumeEndpoints: Section = {
  title: 'Requests: volumes',
  rows: [
    row('GET /volumes', 'filters dangling, driver, label, name'),
    row('POST /volumes/create', '201, also for one that is there'),
    row('GET /volumes/{name}', '404 `get X: no such volume`'),
    row('PUT /volumes/{name}', 'cluster volumes alone: 503'),
    row('DELETE /volumes/{name}', 'force; 404, 409'),
    row('POST /volumes/prune', 'filters label, label!, all'),
  ],
};
