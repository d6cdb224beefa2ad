// SPDX-License-Identifier: Apache-2.0
import { type Ip, type IpPrefix, containsIp, networkOf, parseIp } from '../../spec/ip.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';

/** What an endpoint may ask of its network's subnets. */
export interface AddressChoice {
  readonly predefined: boolean;
  /** Subnets that the client gave; absent or empty: none of that family. */
  readonly ipv4?: IpPrefix | readonly IpPrefix[];
  readonly ipv6?: IpPrefix | readonly IpPrefix[];
}

const ON_DEFAULT = 'user specified IP address is supported on user defined networks only';
const GIVEN_SUBNETS =
  'user specified IP address is supported only when connecting to networks with user configured subnets';

const MAPPED = 0xffffn;

/** An address that an endpoint can have: the unspecified one is none, and IPv4 within IPv6 is IPv4. */
const readAddress = (text: string, family?: 4 | 6): Ip | undefined => {
  const address = parseIp(text);
  if (!address || address.value === 0n || (family !== undefined && address.family !== family))
    return undefined;
  return address.family === 6 && family === 6 && address.value >> 32n === MAPPED ? undefined : address;
};

const formErrors = (text: string, what: string, family?: 4 | 6): readonly string[] =>
  text === '' || readAddress(text, family) ? [] : [`invalid ${what} address: ${text}`];

const placeErrors = (text: string, family: 4 | 6, given: AddressChoice['ipv4'] = []): readonly string[] => {
  if (text === '') return [];
  const subnets = [given].flat();
  if (subnets.length === 0) return [GIVEN_SUBNETS];
  const address = parseIp(text);
  return address?.family === family && subnets.some((subnet) => containsIp(networkOf(subnet), address))
    ? []
    : [`no configured subnet or ip-range contain the IP address ${text}`];
};

/** What is wrong with `request` in a network that leaves that choice, in Docker's words. */
export const endpointErrors = (request: EndpointRequest, choice: AddressChoice): readonly string[] => {
  const { ipv4Address = '', ipv6Address = '', linkLocalIPs = [] } = request.ipamConfig ?? {};
  const onDefault = choice.predefined
    ? [
        ...(ipv4Address === '' && ipv6Address === '' ? [] : [ON_DEFAULT]),
        ...((request.aliases ?? []).length === 0
          ? []
          : ['network-scoped alias is supported only for containers in user defined networks']),
      ]
    : [];
  return [
    ...onDefault,
    ...formErrors(ipv4Address, 'IPv4', 4),
    ...formErrors(ipv6Address, 'IPv6', 6),
    ...(linkLocalIPs ?? []).flatMap((text) =>
      readAddress(text) ? [] : [`invalid link-local IP address: ${text}`],
    ),
    ...placeErrors(ipv4Address, 4, choice.ipv4),
    ...placeErrors(ipv6Address, 6, choice.ipv6),
  ];
};
