// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../coverage/row.ts';

/** Attach and detach. */
export const attachSection: Section = {
  title: 'Attach',
  rows: [
    row('attach: logs', 'what was said before comes first'),
    tested(
      'attach: logs and stream',
      'not a byte is lost or told twice between both, with any driver',
      'test/integration/containers/attach-logs.test.ts',
      'twenty clients that come while a container speaks are told all it said, once, though its log is rotated',
    ),
    row('attach: stream', 'what is said now'),
    row('attach: stopped', 'a created or ended one can be attached; the stream waits for the next run'),
    row('attach: nothing asked', 'answers and closes'),
    row('attach: detach keys', 'on a terminal alone; bad ones 400'),
    row('attach: detach', 'an event; the container runs on'),
    row('attach: end of stdin', 'StdinOnce closes it'),
    row('attach: stdin that is not open', 'is ignored'),
    row('attach: refusals', 'raw: 404, 409'),
    row('attach: many', 'each gets all'),
    row('attach: event', 'one each'),
    row('attach: upgrade', '101 with an Upgrade header, 200 without'),
    tested(
      'attach: websocket',
      'binary messages, never framed',
      'test/integration/containers/attach-ws.test.ts',
      'a WebSocket carries stdin and both outputs, unframed, until the container ends',
    ),
  ],
};
