// SPDX-License-Identifier: Apache-2.0
import { formatIp, parseIp } from '../../spec/ip.ts';
import type { PublishRequest } from './networks.ts';
import type { PortTarget } from './port-elements.ts';

/** What decides at which of the host's addresses a port is published. */
export interface HostAddressDeps {
  readonly hostPorts: { readonly ipv6: boolean };
  /** Host address of ports published without one; `0.0.0.0` or empty for all, IPv6 too. */
  readonly defaultHostAddress: string;
  /** Forward in the engine what address translation does not reach. */
  readonly proxy: boolean;
}

/** Whether a port at `address` would lead anywhere: IPv6 can be forwarded to IPv4, never the other way round. */
const leads = (
  deps: HostAddressDeps,
  { port }: PublishRequest,
  target: PortTarget,
  address: string,
): boolean => {
  if (!address.includes(':')) return target.ipv4 !== '';
  if (target.ipv6 !== '') return true;
  return target.ipv4 !== '' && deps.proxy && port.protocol !== 'sctp';
};

/** IPv4 within IPv6 (RFC 4291): an IPv4 address to all who show or take it. */
const MAPPED = 0xffffn << 32n;

/** One text for each address, however it was written; what is no address stays as it is, for whoever refuses it. */
const canonical = (text: string): string => {
  const address = parseIp(text);
  if (!address) return text;
  const isMapped = address.family === 6 && address.value >> 32n === MAPPED >> 32n;
  return formatIp(isMapped ? { family: 4, value: address.value - MAPPED } : address);
};

const wishedFor = (deps: HostAddressDeps, request: PublishRequest): readonly string[] => {
  if (request.hostAddress !== '') return [canonical(request.hostAddress)];
  const preset = canonical(deps.defaultHostAddress);
  if (preset !== '' && preset !== '0.0.0.0') return [preset];
  return deps.hostPorts.ipv6 ? ['0.0.0.0', '::'] : ['0.0.0.0'];
};

/** The host's addresses for one request: none at which nothing would answer. */
export const hostAddresses = (
  deps: HostAddressDeps,
  request: PublishRequest,
  target: PortTarget,
): readonly string[] => wishedFor(deps, request).filter((address) => leads(deps, request, target, address));
