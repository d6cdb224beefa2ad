// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { embed, type Infer, struct } from '../../base/go-json.ts';
import { type ContainerConfig, containerConfig } from '../../spec/container-config.ts';
import { networkingConfig } from '../../spec/endpoint-settings.ts';
import { type HostConfig, hostConfig } from '../../spec/host-config.ts';
import { decodeBody } from '../body.ts';
import type { ApiVersion } from '../version.ts';
import type { CreateBody } from './create-body.ts';
import { migrateMounts } from './create-mounts.ts';
import { migrateNetworking } from './create-networking.ts';

const createRequest = embed(
  containerConfig,
  struct('CreateRequest', { hostConfig, networkingConfig }),
  'CreateRequest',
);
type CreateRequestBody = Infer<typeof createRequest>;

const hasConfig = (json: unknown): boolean =>
  typeof json === 'object' &&
  json !== null &&
  Object.keys(json).some((key) => containerConfig.keys.has(key.toLowerCase()));

const split = ({
  hostConfig: host,
  networkingConfig: networking,
  ...config
}: CreateRequestBody): CreateBody => ({
  config,
  hostConfig: host,
  networking,
  warnings: [],
});

/** Zero in place of what API `since` brought and an older client can't have meant. */
const unless = <Value extends object>(known: boolean, value: Value): Partial<Value> => (known ? {} : value);

const migrateConfig = (config: ContainerConfig, api: ApiVersion): ContainerConfig => {
  if (api >= 44 || !config.healthcheck) return config;
  return { ...config, healthcheck: { ...config.healthcheck, startInterval: 0 } };
};

const migrateHostConfig = (host: HostConfig, api: ApiVersion): HostConfig => ({
  ...host,
  ...unless(api >= 25, { autoRemove: false }),
  ...unless(api >= 40, { kernelMemoryTCP: 0, ipcMode: host.ipcMode === '' ? 'shareable' : host.ipcMode }),
  ...unless(api >= 42, { consoleSize: [0, 0] }),
  ...unless(api < 42, { kernelMemory: 0 }),
  ...unless(api >= 43, { annotations: undefined }),
  ...(host.pidsLimit !== undefined && host.pidsLimit <= 0 ? { pidsLimit: undefined } : {}),
  networkMode: host.networkMode === '' || host.networkMode === 'default' ? 'bridge' : host.networkMode,
});

/**
 * Reads the body of a create and brings it from the API version `api` to the newest.
 * @throws invalid-argument in Docker's words; internal for sysctls that belong to an endpoint
 */
export const readCreateBody = (json: unknown, api: ApiVersion): CreateBody => {
  const body = split(decodeBody(createRequest, json));
  if (!hasConfig(json))
    throw new EngineError('invalid-argument', 'config cannot be empty in order to create a container');
  const config = migrateConfig(body.config, api);
  const host = migrateHostConfig(body.hostConfig, api);
  const mounts = migrateMounts(host, api);
  const networked = migrateNetworking({ ...body, config, hostConfig: mounts.hostConfig }, api);
  return { ...networked, warnings: [...networked.warnings, ...mounts.warnings] };
};
