// SPDX-License-Identifier: Apache-2.0
import { formatRfc3339Nano } from '../../base/time.ts';
import type { Endpoint, IpamPool, Network } from '../../domain/networks/index.ts';

const poolBody = ({ subnet, ipRange, gateway, auxiliaryAddresses }: IpamPool): object => ({
  Subnet: subnet,
  ...(ipRange === undefined ? {} : { IPRange: ipRange }),
  ...(gateway === undefined ? {} : { Gateway: gateway }),
  ...(auxiliaryAddresses === undefined ? {} : { AuxiliaryAddresses: auxiliaryAddresses }),
});

const withPrefix = (address: string, length: number): string =>
  address === '' ? '' : `${address}/${length}`;

const endpointBody = (endpoint: Endpoint): object => ({
  Name: endpoint.containerName,
  EndpointID: endpoint.id,
  MacAddress: endpoint.macAddress,
  IPv4Address: withPrefix(endpoint.ipv4Address, endpoint.ipv4PrefixLength),
  IPv6Address: withPrefix(endpoint.ipv6Address, endpoint.ipv6PrefixLength),
});

/** Engine API, `Network`; the same for every API version. `endpoints` are those of running containers. */
export const networkBody = (network: Network, endpoints: readonly Endpoint[]): object => ({
  Name: network.name,
  Id: network.id,
  Created: formatRfc3339Nano(network.created),
  Scope: network.scope,
  Driver: network.driver,
  EnableIPv4: network.ipv4,
  EnableIPv6: network.ipv6,
  IPAM: {
    Driver: network.ipam.driver,
    Options: network.ipam.options ?? null,
    Config: network.ipam.pools?.map(poolBody) ?? null,
  },
  Internal: network.internal,
  Attachable: network.attachable,
  Ingress: false,
  ConfigFrom: { Network: '' },
  ConfigOnly: false,
  Containers: Object.fromEntries(endpoints.map((endpoint) => [endpoint.container, endpointBody(endpoint)])),
  Options: network.options,
  Labels: network.labels,
});
