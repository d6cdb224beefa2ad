// SPDX-License-Identifier: Apache-2.0
import type { AttachRequest, Containers } from '../../../domain/containers/index.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';
import { serveWebsocket } from '../../streams/websocket.ts';
import { ATTACH_WS_PATH } from '../hijacked.ts';
import { readAttachRequest } from './attach.ts';

/** Before API 1.42 a client could not choose: it had all three streams. */
const readRequest = ({ query, api }: Exchange): AttachRequest => {
  const asked = readAttachRequest(query);
  return api >= 42 ? asked : { ...asked, stdin: true, stdout: true, stderr: true };
};

export const attachWebsocketRoute = (containers: Pick<Containers, 'attach'>): Route => ({
  method: 'GET',
  path: ATTACH_WS_PATH,
  operation: 'ContainerAttachWebsocket',
  handle: async (exchange) => {
    // An attach that is refused is told as JSON: the connection has not been taken over yet.
    const session = await containers.attach(exchange.param('name'), readRequest(exchange));
    await serveWebsocket(exchange, session, { binary: exchange.api >= 28 });
  },
});
