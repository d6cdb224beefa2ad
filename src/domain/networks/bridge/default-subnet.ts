// SPDX-License-Identifier: Apache-2.0
import type { Link, NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import {
  type Ip,
  type IpPrefix,
  containsIp,
  formatIp,
  formatIpPrefix,
  networkOf,
  parseIp,
  parseIpPrefix,
} from '../../../spec/ip.ts';
import { type SubnetSource, chooseSubnet } from '../choose-subnet.ts';
import { occupiedSubnets } from '../occupied-subnets.ts';
import type { PlannedSubnet } from '../plan-subnets.ts';

/** What the operator says of one family of the default bridge; texts are empty where nothing is said. */
export interface DefaultSubnetRequest {
  readonly family: 4 | 6;
  /** Address and prefix of the bridge. */
  readonly bip: string;
  readonly fixedCidr: string;
  readonly gateway: string;
  /** Where a subnet is cut from that nobody chose. */
  readonly sources: readonly SubnetSource[];
}

/** What the options are called, and the gateway's name among auxiliary addresses. */
const NAMES = {
  4: { bip: 'bip', range: 'fixed-cidr', gateway: 'DefaultGatewayIPv4' },
  6: { bip: 'bip6', range: 'fixed-cidr-v6', gateway: 'DefaultGatewayIPv6' },
} as const;

/** Of addresses that only this link knows (RFC 3927, RFC 4291). */
const LINK_LOCAL: Readonly<Record<4 | 6, IpPrefix>> = {
  4: { family: 4, value: 0xa9_fe_00_00n, length: 16 },
  6: { family: 6, value: 0xfe80n << 112n, length: 10 },
};

export const refuse = (text: string): EngineError =>
  new EngineError('invalid-argument', `Error initializing network controller: ${text}`);

/** @throws invalid-argument in Docker's words */
export const refuseBridge = (text: string): EngineError =>
  refuse(`error creating default "bridge" network: ${text}`);

const parseCidr = (text: string, family: 4 | 6, name: string): IpPrefix => {
  const prefix = parseIpPrefix(text);
  if (prefix?.family !== family) throw refuse(`parse ${name} failed: invalid CIDR address: ${text}`);
  return prefix;
};

/** The device's addresses of a family, link-local ones apart. */
export const ownAddresses = (
  host: NetlinkConnection,
  { index }: Pick<Link, 'index'>,
  family: 4 | 6,
): readonly IpPrefix[] =>
  host
    .addresses()
    .filter(
      (own) =>
        own.index === index && own.address.family === family && !containsIp(LINK_LOCAL[family], own.address),
    )
    .map(({ address }) => address);

const within = (parent: IpPrefix, part: IpPrefix): boolean =>
  part.length >= parent.length && containsIp(parent, part);

const firstOf = (subnet: IpPrefix): IpPrefix => ({ ...subnet, value: subnet.value + 1n });

const chooseAddress = (
  host: NetlinkConnection,
  device: Link,
  { family, bip, sources }: DefaultSubnetRequest,
  range: IpPrefix | undefined,
  resolvers: readonly Ip[],
): IpPrefix => {
  if (bip !== '') return parseCidr(bip, family, NAMES[family].bip);
  const own = ownAddresses(host, device, family)[0];
  if (own) return own;
  // The operator's choice of an IPv6 range is one of a subnet: the chosen ones are this host's alone.
  if (range && family === 6) return firstOf(range);
  const subnet = chooseSubnet(sources, occupiedSubnets(host, resolvers, device.index));
  return range && !within(subnet, range) ? firstOf(range) : firstOf(subnet);
};

const checkRange = (range: IpPrefix, address: IpPrefix): void => {
  const parent = networkOf(address);
  if (within(parent, range)) return;
  const [shown, around] = [formatIpPrefix(range), formatIpPrefix(parent)];
  throw refuseBridge(`invalid ip-range ${shown}: parent subnet ${around} doesn't contain ip-range`);
};

const parseGateway = ({ family, gateway: text }: DefaultSubnetRequest, address: IpPrefix): Ip | undefined => {
  if (text === '') return undefined;
  const gateway = parseIp(text);
  if (gateway && containsIp(address, gateway)) return gateway;
  const parent = formatIpPrefix(networkOf(address));
  throw refuseBridge(
    `auxiliary address: (${NAMES[family].gateway}:${text}) must belong to the master pool: ${parent}`,
  );
};

/**
 * One family of the default bridge: the address that it is to have, the one it has, or the first of a free subnet.
 * `resolvers` are the host's name servers.
 * @throws invalid-argument in Docker's words; not-found when no subnet is free
 */
export const chooseDefaultSubnet = (
  host: NetlinkConnection,
  device: Link,
  request: DefaultSubnetRequest,
  resolvers: readonly Ip[],
): PlannedSubnet => {
  const { family, fixedCidr } = request;
  const range = fixedCidr === '' ? undefined : networkOf(parseCidr(fixedCidr, family, NAMES[family].range));
  const address = chooseAddress(host, device, request, range, resolvers);
  if (formatIp(networkOf(address)) === formatIp(address))
    throw refuseBridge(`failed to allocate gateway (${formatIp(address)}): Address already in use`);
  if (range) checkRange(range, address);
  const gateway = parseGateway(request, address);
  const isPart = range !== undefined && range.length > address.length;
  return { address, ...(isPart && { range }), ...(gateway && { gateway }), reserved: [] };
};
