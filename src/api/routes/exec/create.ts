// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../../domain/containers/index.ts';
import type { Route } from '../../route.ts';
import { execConfig, readExecRequest } from '../../wire/execs.ts';

export const execCreateRoute = (containers: Pick<Containers, 'execCreate'>): Route => ({
  method: 'POST',
  path: '/containers/{name:.*}/exec',
  operation: 'ContainerExec',
  handle: async (exchange) => {
    const request = readExecRequest(await exchange.readJson(execConfig), exchange.api);
    const id = await containers.execCreate(exchange.param('name'), request);
    exchange.json({ Id: id }, 201);
  },
});
