// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { EngineEvent, EventQuery, Events } from '../../../domain/events/index.ts';
import { parseLogTime } from '../../../spec/log-time.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';
import { JsonLines } from '../../streams/json-lines.ts';
import { eventBody } from '../../wire/events.ts';

const readQuery = ({ query }: Exchange): EventQuery => {
  const since = parseLogTime(query.text('since'));
  const until = parseLogTime(query.text('until'));
  if (since !== undefined && until !== undefined && since > until)
    throw new EngineError(
      'invalid-argument',
      `\`since\` time (${query.text('since')}) cannot be after \`until\` time (${query.text('until')})`,
    );
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    filters: query.filters(),
  };
};

/** Before API 1.46 an image's `create` was not told. */
const isTold = (event: EngineEvent, api: number): boolean =>
  api >= 46 || event.type !== 'image' || event.action !== 'create';

export const eventsRoute = (events: Pick<Events, 'follow'>): Route => ({
  method: 'GET',
  path: '/events',
  operation: 'SystemEvents',
  handle: async (exchange) => {
    const followed = events.follow(readQuery(exchange), exchange.signal);
    const lines = new JsonLines(exchange.stream('application/json', { flush: true }), '\n');
    for await (const event of followed) if (isTold(event, exchange.api)) await lines.write(eventBody(event));
    lines.end();
  },
});
