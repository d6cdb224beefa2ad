// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';
import { JsonLines } from '../../streams/json-lines.ts';
import { statsBody } from '../../wire/stats.ts';

type Stats = ReturnType<Containers['stats']>;

/** The stream has no content type, as in dockerd. Its head goes out at once, and it ends when the client hangs up. */
const sendStream = async (exchange: Exchange, stats: Stats): Promise<void> => {
  const lines = new JsonLines(exchange.stream(undefined, { flush: true }), '\n');
  for await (const each of stats) await lines.write(statsBody(each));
  lines.end();
};

export const statsRoute = (containers: Pick<Containers, 'stats'>): Route => ({
  method: 'GET',
  path: '/containers/{name:.*}/stats',
  operation: 'ContainerStats',
  handle: async (exchange) => {
    const { query, api, signal } = exchange;
    const stream = query.bool('stream', true);
    const oneShot = api >= 41 && query.bool('one-shot');
    const stats = containers.stats(exchange.param('name'), { stream, oneShot, signal });
    if (stream) {
      await sendStream(exchange, stats);
      return;
    }
    for await (const each of stats) exchange.json(statsBody(each));
    // Removed meanwhile: there is nothing to tell, as in dockerd.
    if (!exchange.answered) exchange.send(200, 'application/json', '');
  },
});
