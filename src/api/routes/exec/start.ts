// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { serveExec } from '../../streams/hijack.ts';
import { execStartConfig, readExecStart } from '../../wire/execs.ts';
import { EXEC_START_PATH } from '../hijacked.ts';

export const execStartRoute = (containers: Pick<Containers, 'execStart' | 'execStartDetached'>): Route => ({
  method: 'POST',
  path: EXEC_START_PATH,
  operation: 'ExecStart',
  handle: async (exchange) => {
    const body = await exchange.readJson(execStartConfig);
    if (body.detach) {
      await containers.execStartDetached(exchange.param('id'));
      exchange.end(200);
      return;
    }
    const session = await containers.execStart(exchange.param('id'), readExecStart(body, exchange.api));
    await serveExec(exchange, session);
  },
});
