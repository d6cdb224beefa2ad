// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type EndpointRequest, endpointRequest } from '../../spec/endpoint-settings.ts';
import type { ApiVersion } from '../version.ts';
import type { CreateBody } from './create-body.ts';

type Endpoints = Readonly<Record<string, EndpointRequest>>;

const refuse = (message: string): EngineError => new EngineError('invalid-argument', message);

/** Modes that give the container no endpoint of its own. */
const hasOwnEndpoint = (mode: string): boolean =>
  mode !== 'host' && mode !== 'none' && !mode.startsWith('container:');

const endpointsOf = ({ networking }: CreateBody): Endpoints => networking.endpointsConfig ?? {};

const withEndpoints = (body: CreateBody, endpointsConfig: Endpoints): CreateBody => ({
  ...body,
  networking: { ...body.networking, endpointsConfig },
});

/** The key of the endpoint that container-wide settings are meant for. */
const mainEndpoint = (body: CreateBody, api: ApiVersion): string => {
  const { networkMode } = body.hostConfig;
  const names = Object.keys(endpointsOf(body));
  if (names.length === 0 || names.includes(networkMode)) return networkMode;
  if (names.length === 1 && names[0] !== undefined && api < 44) return names[0];
  throw refuse(
    'if a container-wide MAC address is supplied, HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks',
  );
};

const changeEndpoint = (body: CreateBody, name: string, change: Partial<EndpointRequest>): CreateBody => {
  const endpoints = endpointsOf(body);
  return withEndpoints(body, {
    ...endpoints,
    [name]: { ...endpointRequest.zero, ...endpoints[name], ...change },
  });
};

const renameDefault = (body: CreateBody): CreateBody => {
  const { default: renamed, ...others } = endpointsOf(body);
  return renamed === undefined
    ? body
    : withEndpoints(body, { ...others, bridge: others['bridge'] ?? renamed });
};

const dropPriorities = (body: CreateBody, api: ApiVersion): CreateBody => {
  if (api >= 48) return body;
  const entries = Object.entries(endpointsOf(body));
  if (entries.length === 0) return body;
  return withEndpoints(
    body,
    Object.fromEntries(entries.map(([name, endpoint]) => [name, { ...endpoint, gwPriority: 0 }])),
  );
};

const refuseSeveral = (body: CreateBody, api: ApiVersion): void => {
  const names = Object.keys(endpointsOf(body));
  if (api < 44 && names.length > 1)
    throw refuse(
      `Container cannot be created with multiple network endpoints: ${names.toSorted().join(', ')}`,
    );
};

const MAC_DEPRECATED =
  'The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.';

/** Up to API 1.43 a container had one MAC address, and those of endpoints were not looked at. */
const oldMacAddress = (body: CreateBody, api: ApiVersion): CreateBody => {
  const { macAddress } = body.config;
  if (macAddress === '') {
    const entries = Object.entries(endpointsOf(body));
    if (entries.length === 0) return body;
    return withEndpoints(
      body,
      Object.fromEntries(entries.map(([name, endpoint]) => [name, { ...endpoint, macAddress: '' }])),
    );
  }
  if (!hasOwnEndpoint(body.hostConfig.networkMode))
    throw refuse('conflicting options: mac-address and the network mode');
  return changeEndpoint(body, mainEndpoint(body, api), { macAddress });
};

const migrateMacAddress = (body: CreateBody, api: ApiVersion): CreateBody => {
  if (api < 44) return oldMacAddress(body, api);
  const { macAddress } = body.config;
  if (macAddress === '') return body;
  const warned = {
    ...body,
    config: { ...body.config, macAddress: '' },
    warnings: [...body.warnings, MAC_DEPRECATED],
  };
  if (!hasOwnEndpoint(body.hostConfig.networkMode)) return warned;
  const name = mainEndpoint(body, api);
  const given = endpointsOf(body)[name]?.macAddress ?? '';
  if (given !== '' && given !== macAddress)
    throw refuse(
      'the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty',
    );
  return changeEndpoint(warned, name, { macAddress });
};

/** The driver option by which an endpoint's sysctls are told since API 1.46. */
const ENDPOINT_SYSCTLS = 'com.docker.network.endpoint.sysctls';
const INTERFACE_SYSCTL = /^net\.([^.]+)\.([^.]+)\.(eth\d*)\.(.+)$/;

const endpointSysctl = (key: string, value: string, api: ApiVersion): string | undefined => {
  const [, family, table, device, name] = INTERFACE_SYSCTL.exec(key) ?? [];
  if (device === undefined) return undefined;
  if (api >= 48)
    throw new EngineError(
      'internal',
      `interface specific sysctl setting "${key}" must be supplied using driver option '${ENDPOINT_SYSCTLS}'`,
    );
  if (device !== 'eth0')
    throw new EngineError(
      'internal',
      `unable to determine network endpoint for sysctl ${key}, use driver option '${ENDPOINT_SYSCTLS}' to set per-interface sysctls`,
    );
  return `net.${family}.${table}.IFNAME.${name}=${value}`;
};

/** Sysctls of `eth0` become options of the endpoint that will be `eth0`. */
const migrateSysctls = (body: CreateBody, api: ApiVersion): CreateBody => {
  let migrated = body;
  for (const [key, value] of Object.entries(body.hostConfig.sysctls ?? {})) {
    const option = endpointSysctl(key, value, api);
    if (option === undefined) continue;
    const name = mainEndpoint(migrated, api);
    const options = endpointsOf(migrated)[name]?.driverOpts ?? {};
    const joined = [options[ENDPOINT_SYSCTLS], option].filter((part) => part !== undefined).join(',');
    const { [key]: _moved, ...sysctls } = migrated.hostConfig.sysctls ?? {};
    const changed = changeEndpoint(migrated, name, {
      driverOpts: { ...options, [ENDPOINT_SYSCTLS]: joined },
    });
    const warning = `Migrated sysctl "${key}" to DriverOpts{"${ENDPOINT_SYSCTLS}":"${option}"}.`;
    migrated = {
      ...changed,
      hostConfig: { ...changed.hostConfig, sysctls },
      warnings: [...changed.warnings, warning],
    };
  }
  return migrated;
};

/** What of a create body concerns networks, as API 1.51 means it. @throws invalid-argument, internal in Docker's words */
export const migrateNetworking = (body: CreateBody, api: ApiVersion): CreateBody => {
  const renamed = dropPriorities(renameDefault(body), api);
  refuseSeveral(renamed, api);
  return migrateSysctls(migrateMacAddress(renamed, api), api);
};
