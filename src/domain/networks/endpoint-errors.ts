// SPDX-License-Identifier: Apache-2.0
import { type IpPrefix, containsIp, networkOf, parseIp } from '../../spec/ip.ts';
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

const addressErrors = (text: string, family: 4 | 6, given: AddressChoice['ipv4'] = []): readonly string[] => {
  if (text === '') return [];
  const subnets = [given].flat();
  const address = parseIp(text);
  const readable = address?.family === family;
  const within = readable && subnets.some((subnet) => containsIp(networkOf(subnet), address));
  return [
    ...(readable ? [] : [`invalid IPv${family} address: ${text}`]),
    ...(subnets.length === 0 ? [GIVEN_SUBNETS] : []),
    ...(subnets.length > 0 && !within
      ? [`no configured subnet or ip-range contain the IP address ${text}`]
      : []),
  ];
};

/** What is wrong with `request` in a network that leaves that choice, in Docker's words. */
export const endpointErrors = (request: EndpointRequest, choice: AddressChoice): readonly string[] => {
  const { ipv4Address = '', ipv6Address = '' } = request.ipamConfig ?? {};
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
    ...addressErrors(ipv4Address, 4, choice.ipv4),
    ...addressErrors(ipv6Address, 6, choice.ipv6),
  ];
};
