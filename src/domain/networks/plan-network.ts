// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type NetworkId, randomId, shortId } from '../../base/ids.ts';
import { now } from '../../base/time.ts';
import { formatIpPrefix, networkOf, overlaps } from '../../spec/ip.ts';
import { type BridgeOptions, parseGoBool, readBridgeOptions } from './bridge/bridge-options.ts';
import type { BridgeSettings } from './bridge/bridge-settings.ts';
import { checkDeviceName } from './bridge/make-bridge.ts';
import { checkIpam } from './check-ipam.ts';
import type { IpamPool, Network, NetworkCreateRequest } from './networks.ts';
import { type PlanSubnetsContext, type SubnetPlan, planSubnets } from './plan-subnets.ts';
import type { StoredNetwork } from './stored-network.ts';

export interface PlanNetworkContext extends PlanSubnetsContext {
  readonly networks: readonly Network[];
  /** Bridges that are in use, with their networks. */
  readonly bridges: readonly { readonly network: Network; readonly settings: BridgeSettings }[];
  /** Whether the host has a device of that name. */
  readonly hasDevice: (name: string) => boolean;
}

/** A network that is to be made, all of it decided. */
export interface NetworkPlan extends StoredNetwork {
  readonly warnings: readonly string[];
}

const refuse = (
  kind: 'invalid-argument' | 'forbidden' | 'not-found' | 'conflict',
  text: string,
): EngineError => new EngineError(kind, text);

const PREDEFINED: ReadonlySet<string> = new Set(['bridge', 'host', 'none', 'default']);
const NO_MANAGER =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';

const checkNames = ({ name }: NetworkCreateRequest, { networks }: PlanNetworkContext): void => {
  if (name === '') throw refuse('invalid-argument', 'invalid name: name is empty');
  if (PREDEFINED.has(name))
    throw refuse('forbidden', `operation is not permitted on predefined ${name} network `);
  if (networks.some((network) => network.name === name))
    throw refuse('conflict', `network with name ${name} already exists`);
};

const checkScope = ({ scope, ingress }: NetworkCreateRequest): void => {
  if (ingress) throw refuse('forbidden', 'Ingress network can only be global scope network');
  if (scope === 'swarm')
    throw refuse('forbidden', 'cannot create a swarm scoped network when swarm is not active');
};

const checkDriver = (driver: string): void => {
  if (driver === 'bridge') return;
  if (driver === 'host' || driver === 'null')
    throw refuse('forbidden', `only one instance of "${driver}" network is allowed`);
  if (driver === 'overlay') throw refuse('forbidden', NO_MANAGER);
  if (driver === 'macvlan' || driver === 'ipvlan')
    throw new EngineError(
      'not-implemented',
      `the network driver ${driver} is not implemented yet by this engine`,
    );
  throw refuse('not-found', `plugin "${driver}" not found`);
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

const newNetwork = (
  request: NetworkCreateRequest,
  families: Pick<Network, 'ipv4' | 'ipv6'>,
  pools: readonly IpamPool[],
): Network => ({
  id: randomId<NetworkId>(),
  name: request.name,
  driver: request.configOnly ? 'null' : 'bridge',
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

const checkIpamDriver = (driver: string): void => {
  if (driver === 'null') throw refuse('invalid-argument', 'ipv4 pool is empty');
  if (driver !== '' && driver !== 'default') throw refuse('not-found', `plugin "${driver}" not found`);
};

const settingsOf = (
  { id, internal }: Network,
  options: BridgeOptions,
  { ipv4, ipv6 }: SubnetPlan,
): BridgeSettings => ({
  device: options.device === '' ? `br-${shortId(id)}` : options.device,
  ...ipv4,
  ...(ipv6 ? { ipv6 } : {}),
  mtu: options.mtu === 0 ? 1500 : options.mtu,
  icc: options.icc,
  masquerade: options.masquerade,
  internal,
  isolated: options.gatewayModeIpv4 === 'isolated',
  unprotected: options.gatewayModeIpv4 === 'nat-unprotected',
  inhibitIpv4: options.inhibitIpv4,
  ...(options.hostIpv4 ? { hostIpv4: options.hostIpv4 } : {}),
  ...(options.hostIpv6 ? { hostIpv6: options.hostIpv6 } : {}),
  ...(options.hostAddress === '' ? {} : { hostAddress: options.hostAddress }),
  ...(options.interfacePrefix === '' ? {} : { interfacePrefix: options.interfacePrefix }),
});

const checkBridges = ({ id }: Network, settings: BridgeSettings, { bridges }: PlanNetworkContext): void => {
  const clash = (other: PlanNetworkContext['bridges'][number], why: string): EngineError =>
    refuse(
      'forbidden',
      `cannot create network ${id} (${settings.device}): conflicts with network ${other.network.id} (${other.settings.device}): ${why}`,
    );
  for (const other of bridges) {
    if (other.settings.device === settings.device) throw clash(other, 'networks have same bridge name');
    if (overlaps(networkOf(other.settings.address), networkOf(settings.address)))
      throw clash(other, 'networks have overlapping IPv4');
  }
};

const hideGateways = (pools: readonly IpamPool[], isolated: boolean): readonly IpamPool[] =>
  isolated ? pools.map(({ gateway: _hidden, ...pool }) => pool) : pools;

const planBridge = (request: NetworkCreateRequest, context: PlanNetworkContext): NetworkPlan => {
  const ipv4 = enabled(request.ipv4, request.options, ENABLE_IPV4, true);
  const ipv6 = enabled(request.ipv6, request.options, ENABLE_IPV6, false);
  if (!ipv4 && !ipv6) throw refuse('invalid-argument', 'IPv4 or IPv6 must be enabled');
  if (!ipv4)
    throw new EngineError('not-implemented', 'networks without IPv4 are not implemented yet by this engine');
  checkIpam(request.ipam.pools, ipv6);
  checkNames(request, context);
  checkIpamDriver(request.ipam.driver);
  const options = readBridgeOptions(request.options, request.internal);
  if (options.device !== '') checkDeviceName(options.device);
  const subnets = planSubnets(request.ipam.pools, ipv6, context);
  const shown = hideGateways(subnets.shown, options.gatewayModeIpv4 === 'isolated');
  const network = newNetwork(request, { ipv4, ipv6 }, shown);
  const settings = settingsOf(network, options, subnets);
  checkBridges(network, settings, context);
  const given = (family: string): boolean =>
    request.ipam.pools.some(({ subnet }) => subnet.includes(':') === (family === 'ipv6'));
  const bridge = {
    settings,
    ownsDevice: !context.hasDevice(settings.device),
    givenIpv4: given('ipv4'),
    givenIpv6: given('ipv6'),
  };
  return { network, bridge, warnings: options.warnings };
};

/** Decides everything about a new network; nothing is made. @throws as `Networks.create` says */
export const planNetwork = (asked: NetworkCreateRequest, context: PlanNetworkContext): NetworkPlan => {
  checkConfigOnly(asked);
  const request = configured(asked, context);
  if (request.configOnly) {
    checkIpam(request.ipam.pools, request.ipv6 ?? false);
    checkNames(request, context);
    const families = { ipv4: request.ipv4 ?? true, ipv6: request.ipv6 ?? false };
    return { network: newNetwork(request, families, request.ipam.pools), warnings: [] };
  }
  if (PREDEFINED.has(request.name)) checkNames(request, context);
  checkScope(request);
  checkDriver(request.driver === '' ? 'bridge' : request.driver);
  return planBridge(request, context);
};

/** Subnets of a bridge, both families. */
export const subnetsOf = ({ address, ipv6 }: BridgeSettings): ReturnType<typeof networkOf>[] => [
  networkOf(address),
  ...(ipv6 ? [networkOf(ipv6.address)] : []),
];

/** As the packet filter takes them. */
export const subnetText = (subnet: Parameters<typeof networkOf>[0]): string =>
  formatIpPrefix(networkOf(subnet));
