// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../../coverage/row.ts';

/** The requests of the network group. */
export const networkEndpoints: Section = {
  title: 'Requests: networks',
  rows: [
    row('GET /networks', 'filters dangling, driver, id, label, name, scope, type'),
    row('POST /networks/create', '201; 400, 403, 404, 409'),
    row('GET /networks/{id}', 'verbose, scope; 404, 400'),
    row('POST /networks/{id}/connect', 'Container, EndpointConfig'),
    row('POST /networks/{id}/disconnect', 'Container, Force'),
    row('DELETE /networks/{id}', '204; 403, 404'),
    row('POST /networks/prune', 'filters until, label, label!'),
  ],
};
