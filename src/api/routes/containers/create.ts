// SPDX-License-Identifier: Apache-2.0
import type { Containers, CreateRequest } from '../../../domain/containers/index.ts';
import type { Platform } from '../../../spec/platform.ts';
import { parsePlatform } from '../../../spec/platform-parse.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route } from '../../route.ts';
import { readCreateBody } from '../../wire/container-create.ts';

const readRequest = async (exchange: Exchange, host: Platform): Promise<CreateRequest> => {
  const { query, api } = exchange;
  const body = readCreateBody(await exchange.readRawJson(), api);
  const name = query.optional('name');
  const platform = api >= 41 ? query.optional('platform') : undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(platform === undefined ? {} : { platform: parsePlatform(platform, host) }),
    ...body,
  };
};

export const createRoute = (containers: Pick<Containers, 'create'>, host: Platform): Route => ({
  method: 'POST',
  path: '/containers/create',
  operation: 'ContainerCreate',
  handle: async (exchange) => {
    const request = await readRequest(exchange, host);
    const { id, warnings } = await containers.create(request, { signal: exchange.signal });
    exchange.json({ Id: id, Warnings: warnings }, 201);
  },
});
