// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type NetworkId, randomId } from '../../base/ids.ts';
import { now } from '../../base/time.ts';
import { parseGoBool } from './bridge/bridge-options.ts';
import { checkIpam } from './check-ipam.ts';
import type { NetworkDriver, NetworkDraft, NetworkPlan } from './network-driver.ts';
import type { IpamPool, Network, NetworkCreateRequest } from './networks.ts';
import type { PlanSubnetsContext } from './plan-subnets.ts';

export interface PlanNetworkContext extends PlanSubnetsContext {
  readonly networks: readonly Network[];
  /** Names of networks that are being made. */
  readonly pendingNames?: readonly string[];
  /** Whoever makes networks of the kind that is asked for; absent: nobody. */
  readonly driver?: NetworkDriver | undefined;
}

const refuse = (
  kind: 'invalid-argument' | 'forbidden' | 'not-found' | 'conflict',
  text: string,
): EngineError => new EngineError(kind, text);

const PREDEFINED: ReadonlySet<string> = new Set(['bridge', 'host', 'none', 'default']);

const checkNames = (
  { name }: NetworkCreateRequest,
  { networks, pendingNames = [] }: PlanNetworkContext,
): void => {
  if (name.trim() === '') throw refuse('invalid-argument', 'invalid name: name is empty');
  if (PREDEFINED.has(name))
    throw refuse('forbidden', `operation is not permitted on predefined ${name} network `);
  if (pendingNames.includes(name) || networks.some((network) => network.name === name))
    throw refuse('conflict', `network with name ${name} already exists`);
};

const checkScope = ({ scope, ingress }: NetworkCreateRequest): void => {
  if (ingress) throw refuse('forbidden', 'Ingress network can only be global scope network');
  if (scope === 'swarm')
    throw refuse('forbidden', 'cannot create a swarm scoped network when swarm is not active');
};

const findDriver = (name: string, { driver }: PlanNetworkContext): NetworkDriver => {
  if (driver) return driver;
  if (name === 'host' || name === 'null')
    throw refuse('forbidden', `only one instance of "${name}" network is allowed`);
  throw refuse('not-found', `plugin "${name}" not found`);
};

const checkConfigOnly = (request: NetworkCreateRequest): void => {
  if (!request.configOnly) return;
  if (request.ingress || request.internal || request.attachable || request.scope !== '')
    throw refuse(
      'forbidden',
      'configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.',
    );
  if (request.configFrom !== '')
    throw refuse('forbidden', 'a configuration network cannot depend on another configuration network');
};

/** The request with the settings of the network that it names, which it must not have of its own. */
const configured = (
  request: NetworkCreateRequest,
  { networks }: PlanNetworkContext,
): NetworkCreateRequest => {
  const { configFrom } = request;
  if (configFrom === '') return request;
  const source = networks.find(({ name, id }) => name === configFrom || id === configFrom);
  if (!source?.configOnly) throw refuse('not-found', `configuration network "${configFrom}" does not exist`);
  if (request.ipam.pools.length > 0 || Object.keys(request.ipam.options ?? {}).length > 0)
    throw refuse(
      'forbidden',
      'user specified configurations are not supported if the network depends on a configuration network',
    );
  if (Object.keys(request.options).length > 0)
    throw refuse(
      'forbidden',
      'network driver options are not supported if the network depends on a configuration network',
    );
  return {
    ...request,
    ipv4: source.ipv4,
    ipv6: source.ipv6,
    ipam: { ...source.ipam, pools: source.ipam.pools ?? [] },
    options: source.options,
    labels: { ...source.labels, ...request.labels },
  };
};

const ENABLE_IPV6 = 'com.docker.network.enable_ipv6';
const ENABLE_IPV4 = 'com.docker.network.enable_ipv4';

const enabled = (
  field: boolean | undefined,
  options: Readonly<Record<string, string>>,
  key: string,
  absent: boolean,
): boolean => {
  const text = options[key];
  if (text === undefined) return field ?? absent;
  const value = parseGoBool(text);
  if (value === undefined) throw refuse('invalid-argument', `driver-opt "${key}" is not a valid bool`);
  return field ?? value;
};

/** Name of the driver that a request means. */
export const driverOf = ({ driver }: NetworkCreateRequest): string => (driver === '' ? 'bridge' : driver);

const newNetwork = (
  request: NetworkCreateRequest,
  families: Pick<Network, 'ipv4' | 'ipv6'>,
  pools: readonly IpamPool[],
): Network => ({
  id: randomId<NetworkId>(),
  name: request.name,
  driver: request.configOnly ? 'null' : driverOf(request),
  created: now(),
  scope: 'local',
  ...families,
  internal: request.internal,
  attachable: request.attachable,
  ipam: {
    driver: request.ipam.driver === '' ? 'default' : request.ipam.driver,
    ...(request.ipam.options === undefined ? {} : { options: request.ipam.options }),
    ...(pools.length > 0 ? { pools } : {}),
  },
  options: request.options,
  labels: request.labels,
  predefined: false,
  configOnly: request.configOnly,
  configFrom: request.configFrom,
});

const draftNetwork = (request: NetworkCreateRequest, context: PlanNetworkContext): NetworkDraft => {
  const ipv4 = enabled(request.ipv4, request.options, ENABLE_IPV4, true);
  const ipv6 = enabled(request.ipv6, request.options, ENABLE_IPV6, false);
  if (!ipv4 && !ipv6) throw refuse('invalid-argument', 'IPv4 or IPv6 must be enabled');
  checkIpam(request.ipam.pools, ipv6);
  checkNames(request, context);
  return { request, ipv4, ipv6, network: (pools) => newNetwork(request, { ipv4, ipv6 }, pools) };
};

/**
 * Decides everything about a new network; nothing is made. Waits only where its driver does.
 * @throws as `Networks.create` says
 */
export const planNetwork = (
  asked: NetworkCreateRequest,
  context: PlanNetworkContext,
): NetworkPlan | Promise<NetworkPlan> => {
  checkConfigOnly(asked);
  const request = configured(asked, context);
  if (request.configOnly) {
    checkIpam(request.ipam.pools, request.ipv6 ?? false);
    checkNames(request, context);
    const families = { ipv4: request.ipv4 ?? true, ipv6: request.ipv6 ?? false };
    return { network: newNetwork(request, families, request.ipam.pools), subnets: [], warnings: [] };
  }
  if (PREDEFINED.has(request.name)) checkNames(request, context);
  checkScope(request);
  const driver = findDriver(driverOf(request), context);
  return driver.plan(draftNetwork(request, context), context);
};
