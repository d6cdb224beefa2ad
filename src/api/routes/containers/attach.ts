// SPDX-License-Identifier: Apache-2.0
import type { AttachRequest, Containers } from '../../../domain/containers/index.ts';
import type { Query } from '../../query.ts';
import type { Route } from '../../route.ts';
import { serveAttach } from '../../streams/hijack.ts';
import { ATTACH_PATH } from '../hijacked.ts';

/** What an attach asks for. */
export const readAttachRequest = (query: Query): AttachRequest => {
  const detachKeys = query.optional('detachKeys');
  return {
    stdin: query.bool('stdin'),
    stdout: query.bool('stdout'),
    stderr: query.bool('stderr'),
    stream: query.bool('stream'),
    logs: query.bool('logs'),
    ...(detachKeys === undefined ? {} : { detachKeys }),
  };
};

export const attachRoute = (containers: Pick<Containers, 'attach'>): Route => ({
  method: 'POST',
  path: ATTACH_PATH,
  operation: 'ContainerAttach',
  handle: (exchange) =>
    serveAttach(exchange, () => containers.attach(exchange.param('name'), readAttachRequest(exchange.query))),
});
