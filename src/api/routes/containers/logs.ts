// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { Containers } from '../../../domain/containers/index.ts';
import type { LogQuery } from '../../../domain/logs/index.ts';
import { parseLogTime } from '../../../spec/log-time.ts';
import type { Query } from '../../query.ts';
import type { Route } from '../../route.ts';
import { sendLogs } from '../../streams/logs.ts';

/** Records from the end; what is no number, and `all`, is all of them. */
const readTail = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);

const readQuery = (query: Query): LogQuery => {
  const [stdout, stderr] = [query.bool('stdout'), query.bool('stderr')];
  if (!stdout && !stderr)
    throw new EngineError('invalid-argument', 'Bad parameters: you must choose at least one stream');
  const [since, until] = [parseLogTime(query.text('since')), parseLogTime(query.text('until'))];
  const tail = readTail(query.text('tail'));
  return {
    stdout,
    stderr,
    follow: query.bool('follow'),
    ...(tail === undefined ? {} : { tail }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
};

export const logsRoute = (containers: Pick<Containers, 'logs'>): Route => ({
  method: 'GET',
  path: '/containers/{name:.*}/logs',
  operation: 'ContainerLogs',
  handle: async (exchange) => {
    const { query, signal } = exchange;
    const { tty, lines } = containers.logs(exchange.param('name'), readQuery(query), { signal });
    const [timestamps, details] = [query.bool('timestamps'), query.bool('details')];
    await sendLogs(exchange, lines, { tty, timestamps, details });
  },
});
