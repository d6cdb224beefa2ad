// SPDX-License-Identifier: Apache-2.0
import { EngineError, kindOf, messageOf } from '../../../base/errors.ts';
import type { EndpointId } from '../../../base/ids.ts';
import type { EndpointRequest } from '../../../spec/endpoint-settings.ts';
import { type IpPrefix, containsIp, formatIp, networkOf, parseIp, parseIpPrefix } from '../../../spec/ip.ts';
import { addressOwed } from '../ipam/lease-pools.ts';
import type { IpamLease } from '../ipam/pool-lease.ts';
import { MAC_ADDRESS, type RemoteIpam } from '../ipam/remote-ipam.ts';
import { type ActiveNetwork, type EndpointPlace, NO_PLACE, type PreparedEndpoint } from '../driver.ts';
import { parseMacAddress, randomMacAddress } from '../mac-address.ts';
import type { FormerAddresses } from '../networks.ts';
import { isUnanswered } from './ask-plugin.ts';
import type { Debts, OwedCall } from './debts.ts';
import { endpointOptions, joinOptions, type PortWishes } from './endpoint-options.ts';
import {
  type EndpointInterface,
  type JoinAnswer,
  type NetworkPlugin,
  endpointBody,
} from './network-plugin.ts';
import { RemoteNetwork } from './remote-network.ts';

export interface PrepareEndpointDeps {
  readonly debts: Debts;
  /** The IPAM plugin of a network, knowing all that it gave; nothing where the engine gives the addresses. @throws as the plugin says */
  ipamOf(
    active: ActiveNetwork,
  ): Promise<{ readonly ipam: RemoteIpam; readonly lease: IpamLease } | undefined>;
  /** @throws as the plugin says */
  pluginOf(active: RemoteNetwork): Promise<NetworkPlugin>;
}

/** An endpoint that is to be made. */
export interface EndpointWish {
  readonly id: EndpointId;
  readonly containerName: string;
  /** Path that names the namespace, or will. */
  readonly sandboxKey: string;
  readonly request: EndpointRequest | undefined;
  /** What the container had here last. */
  readonly former?: FormerAddresses | undefined;
  readonly ports: PortWishes;
  /** They are reached by another network of the container already. Absent: no. */
  readonly isPublished?: boolean;
}

/** Order in which an endpoint gives back. */
const RANK = { revoke: 0, leave: 1, endpoint: 2, address: 3 } as const;

const EMPTY: EndpointRequest = {
  ipamConfig: undefined,
  links: undefined,
  aliases: undefined,
  macAddress: '',
  driverOpts: undefined,
  gwPriority: 0,
};

/** What takes back a call of a network driver. */
export const endpointOwed = (
  active: ActiveNetwork,
  endpoint: EndpointId,
  verb: 'RevokeExternalConnectivity' | 'Leave' | 'DeleteEndpoint',
): OwedCall => ({
  plugin: active.network.driver,
  can: 'NetworkDriver',
  method: `NetworkDriver.${verb}`,
  body: endpointBody(active.network.id, endpoint),
  rank: { RevokeExternalConnectivity: RANK.revoke, Leave: RANK.leave, DeleteEndpoint: RANK.endpoint }[verb],
});

const leaseFamily = async (
  { debts }: PrepareEndpointDeps,
  { ipam, lease }: { readonly ipam: RemoteIpam; readonly lease: IpamLease },
  id: EndpointId,
  wish: { readonly family: 4 | 6; readonly asked: string; readonly macAddress: string },
): Promise<IpPrefix | undefined> => {
  const { family, asked, macAddress } = wish;
  const pools = lease.pools.filter((pool) => pool.family === family);
  if (pools.length === 0) return undefined;
  const wanted = parseIp(asked);
  const isWithin = (subnet: string): boolean => {
    const prefix = parseIpPrefix(subnet);
    return !wanted || (prefix !== undefined && containsIp(networkOf(prefix), wanted));
  };
  const pool = pools.find(({ subnet }) => isWithin(subnet));
  if (!pool)
    throw new EngineError(
      'invalid-argument',
      `Invalid address ${asked}: It does not belong to any of this network's subnets`,
    );
  const options = ipam.requiresMacAddress ? { [MAC_ADDRESS]: macAddress } : undefined;
  const given = await ipam.requestAddress(pool.id, asked, options);
  debts.owe('endpoint', id, addressOwed(ipam, pool.id, formatIp(given), RANK.address));
  return given;
};

const text = (prefix: IpPrefix | undefined): string => (prefix ? `${formatIp(prefix)}/${prefix.length}` : '');

/** What the endpoint has before its network's driver is asked: addresses by whoever gives them. */
const addressesFor = async (
  deps: PrepareEndpointDeps,
  active: ActiveNetwork,
  { id, request, former }: EndpointWish,
): Promise<EndpointInterface> => {
  const asked = request?.macAddress ?? '';
  const macAddress = asked === '' ? '' : parseMacAddress(asked);
  const leased = await deps.ipamOf(active);
  if (!leased) {
    const own =
      active instanceof RemoteNetwork ? active.takeAddresses(request, former) : { ipv4: '', ipv6: '' };
    return { address: own.ipv4, addressIPv6: own.ipv6, macAddress };
  }
  const own = leased.ipam.requiresMacAddress && macAddress === '' ? randomMacAddress() : macAddress;
  const { ipv4Address = '', ipv6Address = '' } = request?.ipamConfig ?? {};
  const four = await leaseFamily(deps, leased, id, { family: 4, asked: ipv4Address, macAddress: own });
  const six = await leaseFamily(deps, leased, id, { family: 6, asked: ipv6Address, macAddress: own });
  return { address: text(four), addressIPv6: text(six), macAddress: own };
};

const modified = (what: string, kind: string, before: string, after: string): EngineError =>
  new EngineError(
    'forbidden',
    `driver modified interface ${what}: endpoint interface ${kind} present (${before}). Cannot be modified with (${after}).`,
  );

const readPrefix = (given: string): string => {
  if (given === '' || parseIpPrefix(given)) return given;
  throw new EngineError('internal', `invalid CIDR address: ${given}`);
};

const readMac = (given: string): string => {
  try {
    return given === '' ? '' : parseMacAddress(given);
  } catch (cause) {
    throw new EngineError('internal', `address ${given}: invalid MAC address`, { cause });
  }
};

/** What a driver adds; it must not change what there is. */
const completed = (before: EndpointInterface, given: EndpointInterface): EndpointInterface => {
  const after = {
    address: readPrefix(given.address),
    addressIPv6: readPrefix(given.addressIPv6),
    macAddress: readMac(given.macAddress),
  };
  if (before.macAddress !== '' && after.macAddress !== '')
    throw modified('MAC address', 'MAC address', before.macAddress, after.macAddress);
  if (before.address !== '' && after.address !== '')
    throw modified('address', 'IP', before.address, after.address);
  if (before.addressIPv6 !== '' && after.addressIPv6 !== '')
    throw modified('address', 'IPv6', before.addressIPv6, after.addressIPv6);
  return {
    address: before.address || after.address,
    addressIPv6: before.addressIPv6 || after.addressIPv6,
    macAddress: before.macAddress || after.macAddress,
  };
};

const readGateway = (given: string, name: string): string => {
  if (given === '' || parseIp(given)) return given;
  throw new EngineError('internal', `unable to parse ${name} "${given}"`);
};

const readRoutes = ({ staticRoutes }: JoinAnswer): readonly { destination: string; nextHop: string }[] =>
  (staticRoutes ?? []).map(({ destination, routeType, nextHop }) => {
    if (nextHop !== '' && !parseIp(nextHop))
      throw new EngineError('internal', `failed to parse nexthop IP ${nextHop}`);
    // Type 1 is of what the link itself leads to.
    return { destination: readPrefix(destination), nextHop: routeType === 1 ? '' : nextHop };
  });

const placeOf = (own: EndpointInterface, join: JoinAnswer): EndpointPlace => {
  const [four, six] = [parseIpPrefix(own.address), parseIpPrefix(own.addressIPv6)];
  return {
    ...NO_PLACE,
    macAddress: own.macAddress,
    ...(four && { ipv4Address: formatIp(four), ipv4PrefixLength: four.length }),
    ...(six && { ipv6Address: formatIp(six), ipv6PrefixLength: six.length }),
    gateway: readGateway(join.gateway, 'Gateway'),
    ipv6Gateway: readGateway(join.gatewayIPv6, 'GatewayIPv6'),
    hostLink: join.interfaceName?.srcName ?? '',
    given: {
      name: join.interfaceName?.dstName ?? '',
      prefix: join.interfaceName?.dstPrefix ?? '',
      routes: readRoutes(join),
      ...(join.disableGatewayService && { refusesGateway: true }),
    },
  };
};

/** Runs a call that is owed back: a plugin that refuses gave nothing. Whoever does not answer may have given. */
const owing = async <Value>(
  { debts }: PrepareEndpointDeps,
  id: EndpointId,
  call: OwedCall,
  work: () => Promise<Value>,
): Promise<Value> => {
  debts.owe('endpoint', id, call);
  try {
    return await work();
  } catch (error) {
    if (!isUnanswered(error)) debts.forgive(id, call);
    throw error;
  }
};

const rolledBack = (error: unknown, before = ''): EngineError =>
  new EngineError(kindOf(error), `${before}${messageOf(error)}; rolled back`, { cause: error });

const joinNetwork = async (
  deps: PrepareEndpointDeps,
  active: RemoteNetwork,
  id: EndpointId,
  wish: EndpointWish,
  own: EndpointInterface,
): Promise<EndpointPlace> => {
  const plugin = await deps.pluginOf(active);
  const { network } = active;
  const failed = `failed to create endpoint ${wish.containerName} on network ${network.name}: `;
  const given = await owing(deps, id, endpointOwed(active, id, 'DeleteEndpoint'), async () =>
    plugin.createEndpoint(network.id, id, own, endpointOptions(network, wish)),
  ).catch((error: unknown) => {
    throw new EngineError(kindOf(error), `${failed}${messageOf(error)}`, { cause: error });
  });
  let complete: EndpointInterface;
  try {
    complete = completed(own, given);
  } catch (error) {
    throw rolledBack(error, failed);
  }
  const join = await owing(deps, id, endpointOwed(active, id, 'Leave'), async () =>
    plugin.join(network.id, id, wish.sandboxKey, joinOptions(wish)),
  );
  try {
    return placeOf(complete, join);
  } catch (error) {
    throw rolledBack(error);
  }
};

/** Asks the plugins of a network for all that an endpoint needs, in Docker's order; gives back all of it when one fails. */
export const prepareEndpoint = async (
  deps: PrepareEndpointDeps,
  active: ActiveNetwork,
  wish: EndpointWish,
): Promise<PreparedEndpoint> => {
  const { id } = wish;
  let own: EndpointInterface | undefined;
  const undo = async (): Promise<void> => {
    if (own && active instanceof RemoteNetwork) {
      active.releaseAddress(own.address);
      active.releaseAddress(own.addressIPv6);
      own = undefined;
    }
    await deps.debts.pay(id);
  };
  try {
    const addresses = await addressesFor(deps, active, wish);
    own = addresses;
    const place =
      active instanceof RemoteNetwork ? await joinNetwork(deps, active, id, wish, own) : undefined;
    const reserve = (): EndpointPlace => {
      own = undefined;
      return place ?? active.reserve(withAddresses(wish.request, addresses));
    };
    return { id, reserve, undo };
  } catch (error) {
    await undo();
    throw error;
  }
};

/** What the engine's own drivers are to take, of addresses that a plugin gave. */
const withAddresses = (request: EndpointRequest | undefined, given: EndpointInterface): EndpointRequest => ({
  ...(request ?? EMPTY),
  macAddress: given.macAddress,
  ipamConfig: {
    ipv4Address: given.address.split('/')[0] ?? '',
    ipv6Address: given.addressIPv6.split('/')[0] ?? '',
    linkLocalIPs: undefined,
  },
});
