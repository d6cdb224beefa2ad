// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

/** The requests of the exec group. */
export const execEndpoints: Section = {
  title: 'Requests: exec',
  rows: [
    row('POST /containers/{id}/exec', '201; 400, 404, 409'),
    row('POST /exec/{id}/start', 'detached or on the line; 404, 409'),
    row('POST /exec/{id}/resize', 'h and w; 400, 404'),
    row('GET /exec/{id}/json', 'before, during and after its run'),
  ],
};
