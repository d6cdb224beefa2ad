// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import {
  type IpPrefix,
  formatIp,
  formatIpPrefix,
  networkOf,
  overlaps,
  parseIpPrefix,
} from '../../../spec/ip.ts';
import type { IpamPool } from '../networks.ts';
import { type PlanSubnetsContext, chooseFreeSubnet } from '../plan-subnets.ts';
import { takeGateway } from '../take-gateway.ts';
import type { NetworkDraft } from '../network-driver.ts';
import type { StoredSubnet } from './stored-on-parent.ts';

export interface OnParentSubnets {
  readonly subnets: readonly StoredSubnet[];
  /** As inspect shows them: what the client gave, or what was chosen. */
  readonly shown: readonly IpamPool[];
}

const planSubnet = (pool: IpamPool | undefined, subnet: IpPrefix, hasGateway: boolean): StoredSubnet => {
  const taken = takeGateway(pool, subnet, hasGateway);
  const gateway = taken && formatIp(taken);
  return {
    subnet: formatIpPrefix(subnet),
    ...(pool?.ipRange === undefined ? {} : { range: pool.ipRange }),
    ...(gateway === undefined ? {} : { gateway }),
    reserved: Object.values(pool?.auxiliaryAddresses ?? {}),
    given: pool !== undefined,
  };
};

const shownOf = ({ subnet, gateway }: StoredSubnet): IpamPool => ({
  subnet,
  ...(gateway === undefined ? {} : { gateway }),
});

const planFamily = (
  family: 4 | 6,
  given: readonly IpamPool[],
  hasGateways: boolean,
  context: PlanSubnetsContext,
): OnParentSubnets => {
  if (given.length === 0) {
    const chosen = planSubnet(undefined, chooseFreeSubnet(family, context), hasGateways);
    return { subnets: [chosen], shown: [shownOf(chosen)] };
  }
  const taken = [...context.own];
  const subnets = given.flatMap((pool) => {
    const asked = parseIpPrefix(pool.subnet);
    if (!asked) return [];
    const subnet = networkOf(asked);
    if (taken.some((other) => overlaps(other, subnet)))
      throw new EngineError(
        'forbidden',
        'invalid pool request: Pool overlaps with other one on this address space',
      );
    taken.push(subnet);
    return [planSubnet(pool, subnet, hasGateways)];
  });
  return { subnets, shown: given };
};

const familyOf = ({ subnet }: IpamPool): 4 | 6 | undefined => parseIpPrefix(subnet)?.family;

/**
 * The subnets of a new network, of which there may be several of each family. `hasGateways`: one is set aside in each
 * where the client names none.
 * @throws forbidden for an overlap; not-found when no subnet is free; internal for a gateway that is taken
 */
export const planOnParentSubnets = (
  { request, ipv4, ipv6 }: NetworkDraft,
  hasGateways: boolean,
  context: PlanSubnetsContext,
): OnParentSubnets => {
  const { pools } = request.ipam;
  const families = ([4, 6] as const).map((family): OnParentSubnets => {
    const given = pools.filter((pool) => familyOf(pool) === family);
    const isOn = family === 4 ? ipv4 : ipv6;
    return isOn ? planFamily(family, given, hasGateways, context) : { subnets: [], shown: given };
  });
  return {
    subnets: families.flatMap(({ subnets }) => subnets),
    shown: families.flatMap(({ shown }) => shown),
  };
};
