// SPDX-License-Identifier: Apache-2.0
import { EngineError, kindOf, messageOf } from '../../../base/errors.ts';
import type { NetworkId } from '../../../base/ids.ts';
import { formatIp, formatIpPrefix, parseIpPrefix } from '../../../spec/ip.ts';
import type { IpamPool } from '../networks.ts';
import type { Debts, OwedCall } from '../remote/debts.ts';
import type { PoolLease } from './pool-lease.ts';
import { ADDRESS_TYPE, GATEWAY, type IpamOptions, type RemoteIpam } from './remote-ipam.ts';

export interface LeasePoolsDeps {
  readonly ipam: RemoteIpam;
  readonly debts: Debts;
}

/** What a new network asks of a plugin. */
export interface PoolsRequest {
  readonly network: NetworkId;
  readonly pools: readonly IpamPool[];
  readonly options: IpamOptions;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
}

type Family = PoolLease['family'];

/** Order in which a network gives back: addresses before their pools, and its driver's part last. */
const RANK = { address: 0, pool: 1, network: 2 } as const;
export const NETWORK_RANK = RANK.network;

const owed = (ipam: RemoteIpam, method: string, body: object, rank: number): OwedCall => ({
  plugin: ipam.name,
  can: 'IpamDriver',
  method: `IpamDriver.${method}`,
  body,
  rank,
});

/** What gives an address back. */
export const addressOwed = (ipam: RemoteIpam, pool: string, address: string, rank = RANK.address as number) =>
  owed(ipam, 'ReleaseAddress', { PoolID: pool, Address: address }, rank);

const withPrefix = (error: unknown, text: string): EngineError =>
  new EngineError(kindOf(error), `${text}: ${messageOf(error)}`, { cause: error });

const leaseAddress = async (
  { ipam, debts }: LeasePoolsDeps,
  network: NetworkId,
  pool: string,
  address: string,
  options?: IpamOptions,
): Promise<string> => {
  const given = await ipam.requestAddress(pool, address, options);
  debts.owe('network', network, addressOwed(ipam, pool, formatIp(given)));
  return formatIpPrefix(given);
};

/** The gateway: the one that is asked for, the one that came with the pool, or any. */
const leaseGateway = async (
  deps: LeasePoolsDeps,
  network: NetworkId,
  pool: string,
  asked: string,
  own: string | undefined,
): Promise<string> => {
  if (asked === '' && own !== undefined && parseIpPrefix(own)) return own;
  try {
    return await leaseAddress(deps, network, pool, asked, { [ADDRESS_TYPE]: GATEWAY });
  } catch (error) {
    throw withPrefix(error, `failed to allocate gateway (${asked})`);
  }
};

const leaseAuxiliary = async (
  deps: LeasePoolsDeps,
  network: NetworkId,
  pool: string,
  asked: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> => {
  const leased: Record<string, string> = {};
  for (const [name, text] of Object.entries(asked)) {
    try {
      leased[name] = await leaseAddress(deps, network, pool, text);
    } catch (error) {
      throw withPrefix(error, `failed to allocate secondary ip address (${name}:${text})`);
    }
  }
  return leased;
};

const leasePool = async (
  deps: LeasePoolsDeps,
  { network, options }: PoolsRequest,
  pool: IpamPool,
  family: Family,
): Promise<PoolLease> => {
  const { ipam, debts } = deps;
  const { addressSpace } = ipam;
  const range = pool.ipRange ?? '';
  const asked = { addressSpace, pool: pool.subnet, subPool: range, options, v6: family === 6 };
  const { id, subnet, data } = await ipam.requestPool(asked);
  debts.owe('network', network, owed(ipam, 'ReleasePool', { PoolID: id }, RANK.pool));
  const gateway = await leaseGateway(deps, network, id, pool.gateway ?? '', data[GATEWAY]);
  const auxiliaryAddresses = await leaseAuxiliary(deps, network, id, pool.auxiliaryAddresses ?? {});
  return { id, family, addressSpace, subnet: formatIpPrefix(subnet), range, gateway, auxiliaryAddresses };
};

const ofFamily = (pools: readonly IpamPool[], family: Family): readonly IpamPool[] =>
  pools.filter(({ subnet }) => parseIpPrefix(subnet)?.family === family);

const ANY: readonly IpamPool[] = [{ subnet: '' }];

/** Asks a plugin for a network's subnets, gateways and auxiliary addresses. All of it is owed from then on. @throws as the plugin says */
export const leasePools = async (
  deps: LeasePoolsDeps,
  request: PoolsRequest,
): Promise<readonly PoolLease[]> => {
  const families: readonly Family[] = [
    ...(request.ipv4 ? [4 as const] : []),
    ...(request.ipv6 ? [6 as const] : []),
  ];
  const leases: PoolLease[] = [];
  for (const family of families) {
    const given = ofFamily(request.pools, family);
    for (const pool of given.length > 0 ? given : ANY)
      leases.push(await leasePool(deps, request, pool, family));
  }
  return leases;
};

/** Asks again for what a plugin has forgotten. @throws as the plugin says */
export const replayPools = async (
  ipam: RemoteIpam,
  options: IpamOptions,
  pools: readonly PoolLease[],
): Promise<void> => {
  const addressOf = (text: string): string => text.split('/')[0] ?? '';
  for (const { id, family, addressSpace, subnet, range, gateway, auxiliaryAddresses } of pools) {
    await ipam.requestPool({ addressSpace, pool: subnet, subPool: range, options, v6: family === 6 });
    if (gateway !== '') await ipam.requestAddress(id, addressOf(gateway), { [ADDRESS_TYPE]: GATEWAY });
    for (const text of Object.values(auxiliaryAddresses)) await ipam.requestAddress(id, addressOf(text));
  }
};
