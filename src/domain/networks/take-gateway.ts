// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type Ip, type IpPrefix, networkOf, parseIp, parseIpPrefix } from '../../spec/ip.ts';
import { AddressPool } from './address-pool.ts';
import type { IpamPool } from './networks.ts';

const refuse = (text: string): EngineError => new EngineError('internal', text);

const takeFirst = (addresses: AddressPool, pool: IpamPool | undefined): Ip => {
  const asked = parseIp(pool?.gateway ?? '');
  const taken = asked ? (addresses.claim(asked) ? asked : undefined) : addresses.take();
  if (taken) return taken;
  const why = asked ? 'Address already in use' : 'No available addresses on this pool';
  throw refuse(`failed to allocate gateway (${pool?.gateway ?? ''}): ${why}`);
};

/**
 * The gateway of a new subnet: the one that was asked for or, where one is `wanted` at all, the lowest free address. The
 * auxiliary addresses must be free after it, each for itself.
 * @throws internal in Docker's words
 */
export const takeGateway = (
  pool: IpamPool | undefined,
  subnet: IpPrefix,
  wanted: boolean,
): Ip | undefined => {
  const given = parseIpPrefix(pool?.ipRange ?? '');
  const addresses = new AddressPool({ subnet, reserved: [], ...(given ? { range: networkOf(given) } : {}) });
  const gateway = wanted || pool?.gateway !== undefined ? takeFirst(addresses, pool) : undefined;
  for (const [name, text] of Object.entries(pool?.auxiliaryAddresses ?? {})) {
    const address = parseIp(text);
    if (address && !addresses.claim(address))
      throw refuse(`failed to allocate secondary ip address (${name}:${text}): Address already in use`);
  }
  return gateway;
};
