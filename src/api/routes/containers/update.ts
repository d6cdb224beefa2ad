// SPDX-License-Identifier: Apache-2.0
import { embed, struct } from '../../../base/go-json.ts';
import type { Containers } from '../../../domain/containers/index.ts';
import { hostConfig, type HostConfig } from '../../../spec/host-config.ts';
import type { Route } from '../../route.ts';
import type { ApiVersion } from '../../version.ts';

/** Engine API, `ContainerUpdate`: a part of the host configuration, under the same keys. */
const updateConfig = embed(hostConfig, struct('None', {}), 'UpdateConfig');

/** The limit of processes counts from API 1.40 on. */
const forVersion = (asked: HostConfig, api: ApiVersion): HostConfig =>
  api >= 40 ? asked : { ...asked, pidsLimit: undefined };

export const updateRoute = (containers: Pick<Containers, 'update'>): Route => ({
  method: 'POST',
  path: '/containers/{name:.*}/update',
  operation: 'ContainerUpdate',
  handle: async (exchange) => {
    const asked = forVersion(await exchange.readJson(updateConfig), exchange.api);
    const { warnings } = await containers.update(exchange.param('name'), asked);
    exchange.json({ Warnings: warnings.length === 0 ? null : warnings });
  },
});
