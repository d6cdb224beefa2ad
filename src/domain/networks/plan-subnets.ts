// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import {
  type Ip,
  type IpPrefix,
  formatIp,
  formatIpPrefix,
  networkOf,
  overlaps,
  parseIp,
  parseIpPrefix,
} from '../../spec/ip.ts';
import { type SubnetSource, chooseSubnet, sourcesOf } from './choose-subnet.ts';
import type { IpamPool } from './networks.ts';
import { takeGateway } from './take-gateway.ts';

/** A subnet of a network, with its gateway and what is kept from containers. */
export interface PlannedSubnet {
  /** The gateway's address, or that of the network where there is none, and the length of the prefix. */
  readonly address: IpPrefix;
  readonly range?: IpPrefix;
  /** Another way out than the bridge, by the auxiliary address of that name. */
  readonly gateway?: Ip;
  readonly reserved: readonly Ip[];
}

export interface SubnetPlan {
  /** Absent without that family. */
  readonly ipv4?: PlannedSubnet;
  readonly ipv6?: PlannedSubnet;
  /** As inspect shows them: what the client gave, or what was chosen. */
  readonly shown: readonly IpamPool[];
}

/** What a network has. */
export interface SubnetsWanted {
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  /** Families whose subnets need no gateway: one that is not asked for is an address like any other. */
  readonly withoutGateway?: readonly (4 | 6)[];
}

export interface PlanSubnetsContext {
  /** Subnets of other networks. */
  readonly own: readonly IpPrefix[];
  /** What else a chosen subnet must stay clear of. */
  readonly occupied: () => readonly IpPrefix[];
  /** The daemon's own pools; empty for Docker's. */
  readonly sources: readonly SubnetSource[];
  /** Text that stays the same on this host: its unique local IPv6 subnets are made from it. */
  readonly seed: string;
}

const familyOf = ({ subnet }: IpamPool): 4 | 6 | undefined => parseIpPrefix(subnet)?.family;

/** A subnet that nobody has, of the daemon's own pools or Docker's. @throws not-found when none is free */
export const chooseFreeSubnet = (family: 4 | 6, context: PlanSubnetsContext): IpPrefix =>
  chooseSubnet(sourcesOf(family, context.sources, context.seed), [...context.own, ...context.occupied()]);

const isOverlapping = (subnet: IpPrefix, { own }: PlanSubnetsContext): boolean =>
  own.some((one) => overlaps(one, subnet));

const DEFAULT_GATEWAYS: ReadonlySet<string> = new Set(['DefaultGatewayIPv4', 'DefaultGatewayIPv6']);

const planSubnet = (pool: IpamPool | undefined, subnet: IpPrefix, needsGateway: boolean): PlannedSubnet => {
  const given = pool?.ipRange === undefined ? undefined : parseIpPrefix(pool.ipRange);
  const range = given && networkOf(given);
  const entries = Object.entries(pool?.auxiliaryAddresses ?? {});
  const reserved = entries.flatMap(([, text]) => parseIp(text) ?? []);
  const named = entries.find(([name]) => DEFAULT_GATEWAYS.has(name))?.[1];
  const gateway = named === undefined ? undefined : parseIp(named);
  const isAsked = pool?.gateway !== undefined;
  const first = takeGateway(pool, subnet, needsGateway) ?? subnet;
  return {
    address: { ...(needsGateway ? first : subnet), length: subnet.length },
    ...(range ? { range } : {}),
    ...(gateway ? { gateway } : {}),
    reserved: needsGateway || !isAsked ? reserved : [...reserved, first],
  };
};

const planFamily = (
  family: 4 | 6,
  pools: readonly IpamPool[],
  needsGateway: boolean,
  context: PlanSubnetsContext,
): { readonly planned: PlannedSubnet; readonly shown: readonly IpamPool[] } => {
  const given = pools.filter((pool) => familyOf(pool) === family);
  if (given.length > 1) throw new EngineError('forbidden', "bridge driver doesn't support multiple subnets");
  const pool = given[0];
  const asked = pool && parseIpPrefix(pool.subnet);
  const subnet = asked ? networkOf(asked) : chooseFreeSubnet(family, context);
  if (isOverlapping(subnet, context))
    throw new EngineError(
      'forbidden',
      'invalid pool request: Pool overlaps with other one on this address space',
    );
  const planned = planSubnet(pool, subnet, needsGateway);
  const gateway = needsGateway ? { gateway: formatIp(planned.address) } : {};
  const chosenPool = { subnet: formatIpPrefix(subnet), ...gateway };
  return { planned, shown: given.length > 0 ? given : [chosenPool] };
};

/**
 * The subnets of a new network: those that `pools` give (checked before), or free ones. What is given of a family that the
 * network has not is shown, and nothing else.
 * @throws forbidden for an overlap or too many; not-found when no subnet is free; internal for a gateway that is taken
 */
export const planSubnets = (
  pools: readonly IpamPool[],
  { ipv4, ipv6, withoutGateway = [] }: SubnetsWanted,
  context: PlanSubnetsContext,
): SubnetPlan => {
  const plan = (family: 4 | 6) => planFamily(family, pools, !withoutGateway.includes(family), context);
  const unused = (family: 4 | 6) => pools.filter((pool) => familyOf(pool) === family);
  const four = ipv4 ? plan(4) : undefined;
  const six = ipv6 ? plan(6) : undefined;
  return {
    ...(four && { ipv4: four.planned }),
    ...(six && { ipv6: six.planned }),
    shown: [...(four?.shown ?? unused(4)), ...(six?.shown ?? unused(6))],
  };
};
