// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { EngineError } from '../../base/errors.ts';
import {
  type IpPrefix,
  bitsOf,
  formatIpPrefix,
  lastOf,
  networkOf,
  overlaps,
  parseIpPrefix,
} from '../../spec/ip.ts';

/** A range that subnets of `size` leading bits are cut from. */
export interface SubnetSource {
  readonly base: string;
  readonly size: number;
}

/** Docker's own, in its order: docker0 is the first of them. */
const DEFAULT_SOURCES: readonly SubnetSource[] = [
  { base: '172.17.0.0/16', size: 16 },
  { base: '172.18.0.0/16', size: 16 },
  { base: '172.19.0.0/16', size: 16 },
  { base: '172.20.0.0/14', size: 16 },
  { base: '172.24.0.0/14', size: 16 },
  { base: '172.28.0.0/14', size: 16 },
  { base: '192.168.0.0/16', size: 20 },
];

/** Bits of the prefix that all unique local subnets of a host share, and of each of them (RFC 4193). */
const SITE = 48;
const LAN = 64;

/** `fd…::/48`, 40 bits of it from `seed`. */
const uniqueLocalSource = (seed: string): SubnetSource => {
  const bits = BigInt(`0x${createHash('sha256').update(seed).digest('hex').slice(0, 10)}`);
  const value = ((0xfdn << 40n) | bits) << 80n;
  return { base: formatIpPrefix({ family: 6, value, length: SITE }), size: LAN };
};

/**
 * Where subnets of a family are cut from: the daemon's own pools, or without any Docker's; for IPv6 what is unique to the
 * host that `seed` stands for.
 */
export const sourcesOf = (
  family: 4 | 6,
  pools: readonly SubnetSource[],
  seed: string,
): readonly SubnetSource[] => {
  const own = pools.filter(({ base }) => parseIpPrefix(base)?.family === family);
  if (own.length > 0) return own;
  return family === 4 ? DEFAULT_SOURCES : [uniqueLocalSource(seed)];
};

const readSource = ({ base, size }: SubnetSource): IpPrefix => {
  const prefix = parseIpPrefix(base);
  if (!prefix)
    throw new EngineError('invalid-argument', `invalid base pool "${base}": invalid CIDR address: ${base}`);
  if (size < prefix.length || size > bitsOf(prefix.family))
    throw new EngineError(
      'invalid-argument',
      `invalid pools size: ${size}: the size of a pool must lie between that of its base, ${prefix.length}, and ${bitsOf(prefix.family)}`,
    );
  return networkOf(prefix);
};

const subnetsOf = function* (source: SubnetSource): Generator<IpPrefix> {
  const base = readSource(source);
  const step = 1n << BigInt(bitsOf(base.family) - source.size);
  const end = lastOf(base).value;
  for (let value = base.value; value <= end; value += step)
    yield { family: base.family, value, length: source.size };
};

/**
 * The first subnet of `sources` that shares no address with any of `taken`.
 * @throws invalid-argument for a source that is none; not-found when all are taken, in Docker's words
 */
export const chooseSubnet = (sources: readonly SubnetSource[], taken: readonly IpPrefix[]): IpPrefix => {
  for (const source of sources)
    for (const subnet of subnetsOf(source)) if (!taken.some((one) => overlaps(one, subnet))) return subnet;
  throw new EngineError('not-found', 'all predefined address pools have been fully subnetted');
};
