// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import {
  type IpPrefix,
  containsIp,
  formatIpPrefix,
  networkOf,
  parseIp,
  parseIpPrefix,
} from '../../spec/ip.ts';
import { joinErrors } from '../../spec/join-errors.ts';
import type { IpamPool } from './networks.ts';

const FAMILY = { 4: 'an IPv4 block', 6: 'an IPv6 block' } as const;

const rangeErrors = (text: string | undefined, subnet: IpPrefix): readonly string[] => {
  if (text === undefined) return [];
  const range = parseIpPrefix(text);
  const wrong = (why: string): readonly string[] => [`invalid ip-range ${text}: ${why}`];
  if (!range) return wrong('invalid CIDR block notation');
  if (range.family !== subnet.family) return wrong(`parent subnet is ${FAMILY[subnet.family]}`);
  const parent = formatIpPrefix(subnet);
  return [
    ...(range.length < subnet.length ? wrong(`CIDR block is bigger than its parent subnet ${parent}`) : []),
    ...(range.value === networkOf(range).value
      ? []
      : wrong(`it should be ${formatIpPrefix(networkOf(range))}`)),
    ...(containsIp(subnet, range) ? [] : wrong(`parent subnet ${parent} doesn't contain ip-range`)),
  ];
};

const addressErrors = (what: string, text: string | undefined, subnet: IpPrefix): readonly string[] => {
  if (text === undefined) return [];
  const address = parseIp(text);
  if (!address) return [`${what}: invalid address`];
  if (address.family !== subnet.family) return [`${what}: parent subnet is ${FAMILY[subnet.family]}`];
  return containsIp(subnet, address)
    ? []
    : [`${what}: parent subnet ${formatIpPrefix(subnet)} doesn't contain this address`];
};

const poolErrors = (pool: IpamPool, ipv6: boolean): readonly string[] => {
  const given = parseIpPrefix(pool.subnet);
  if (!given) return [`invalid subnet ${pool.subnet}: invalid CIDR block notation`];
  // Docker does not look at subnets of a family that the network has not.
  if (given.family === 6 && !ipv6) return [];
  const subnet = networkOf(given);
  const hostBits =
    given.value === subnet.value
      ? []
      : [`invalid subnet ${pool.subnet}: it should be ${formatIpPrefix(subnet)}`];
  const auxiliary = Object.entries(pool.auxiliaryAddresses ?? {});
  return [
    ...hostBits,
    ...rangeErrors(pool.ipRange, subnet),
    ...addressErrors(`invalid gateway ${pool.gateway ?? ''}`, pool.gateway, subnet),
    ...auxiliary.flatMap(([name, text]) => addressErrors(`invalid auxiliary address ${name}`, text, subnet)),
  ];
};

/** @throws invalid-argument that names everything wrong with the subnets that a client gave */
export const checkIpam = (pools: readonly IpamPool[], ipv6: boolean): void => {
  const errors = pools.flatMap((pool) => poolErrors(pool, ipv6));
  if (errors.length > 0)
    throw new EngineError('invalid-argument', `invalid network config:\n${joinErrors(errors)}`);
};
