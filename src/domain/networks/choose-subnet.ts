// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type IpPrefix, bitsOf, lastOf, networkOf, overlaps, parseIpPrefix } from '../../spec/ip.ts';

/** A range that subnets of `size` leading bits are cut from. */
export interface SubnetSource {
  readonly base: string;
  readonly size: number;
}

/** Docker's own, in its order: docker0 is the first of them. */
export const DEFAULT_SOURCES: readonly SubnetSource[] = [
  { base: '172.17.0.0/16', size: 16 },
  { base: '172.18.0.0/16', size: 16 },
  { base: '172.19.0.0/16', size: 16 },
  { base: '172.20.0.0/14', size: 16 },
  { base: '172.24.0.0/14', size: 16 },
  { base: '172.28.0.0/14', size: 16 },
  { base: '192.168.0.0/16', size: 20 },
];

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
