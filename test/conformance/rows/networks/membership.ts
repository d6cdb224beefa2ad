// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../../coverage/row.ts';

/** Joining and leaving. */
export const membershipSection: Section = {
  title: 'Connect and disconnect',
  rows: [
    row('network: connect created', 'kept, and done at start'),
    row('network: connect stopped', 'the same; twice is no error'),
    row('network: connect running', 'an interface more, at once'),
    row('network: connect twice', '403 `endpoint with name X already exists in network Y`'),
    row('network: connect unknown container', '404'),
    row('network: connect unknown network', '404'),
    row('network: connect host', '400'),
    row('network: connect none', '400'),
    row('network: connect shared', '400 for containers in the network of another one'),
    row('network: connect static address', 'checked as at create'),
    row('network: connect MacAddress', 'checked; without effect below 1.54'),
    row('network: disconnect running', 'the interface goes'),
    row('network: disconnect stopped', 'the entry goes'),
    row('network: disconnect host', '400'),
    row('network: disconnect none', '200'),
    row('network: disconnect not connected', '500, with the id of the container'),
    row('network: disconnect unknown', '404 for the container and for the network'),
    row('network: disconnect Force', 'of an endpoint whose container is not known any more; 404 without one'),
    row('network: disconnect the last one', 'the container stays without a network'),
    row('network: connect again', 'another container of the network is reached'),
  ],
};
