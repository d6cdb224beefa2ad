// SPDX-License-Identifier: Apache-2.0
import type { ApiVersion } from '../version.ts';
import { bool, type Infer, map, named, pointer, slice, string, struct } from '../../base/go-json.ts';
import { type EndpointRequest, endpointRequest } from '../../spec/endpoint-settings.ts';
import { formatRfc3339Nano } from '../../base/time.ts';
import type { Endpoint, IpamPool, Network, NetworkCreateRequest } from '../../domain/networks/index.ts';

/** Engine API, `NetworkCreateRequest`. `CheckDuplicate` has had no effect since API 1.44, names are always unique here. */
export const networkCreateBody = struct('CreateRequest', {
  name: string,
  checkDuplicate: pointer(bool),
  driver: string,
  scope: string,
  enableIPv4: named('EnableIPv4', pointer(bool)),
  enableIPv6: named('EnableIPv6', pointer(bool)),
  ipam: named(
    'IPAM',
    pointer(
      struct('IPAM', {
        driver: string,
        options: map(string),
        config: slice(
          struct('IPAMConfig', {
            subnet: string,
            ipRange: named('IPRange', string),
            gateway: string,
            auxiliaryAddresses: map(string),
          }),
        ),
      }),
    ),
  ),
  internal: bool,
  attachable: bool,
  ingress: bool,
  configOnly: bool,
  configFrom: pointer(struct('ConfigReference', { network: string })),
  options: map(string),
  labels: map(string),
});

type CreateBody = Infer<typeof networkCreateBody>;
type PoolBody = NonNullable<NonNullable<CreateBody['ipam']>['config']>[number];

const poolOf = ({ subnet, ipRange, gateway, auxiliaryAddresses }: PoolBody): IpamPool => ({
  subnet,
  ...(ipRange === '' ? {} : { ipRange }),
  ...(gateway === '' ? {} : { gateway }),
  ...(auxiliaryAddresses === undefined ? {} : { auxiliaryAddresses }),
});

/** What the body asks for; `EnableIPv4` exists since API 1.48. */
export const networkCreateRequest = (body: CreateBody, api: ApiVersion): NetworkCreateRequest => ({
  name: body.name,
  driver: body.driver,
  scope: body.scope,
  internal: body.internal,
  attachable: body.attachable,
  ingress: body.ingress,
  configOnly: body.configOnly,
  configFrom: body.configFrom?.network ?? '',
  ...(body.enableIPv4 === undefined || api < 48 ? {} : { ipv4: body.enableIPv4 }),
  ...(body.enableIPv6 === undefined ? {} : { ipv6: body.enableIPv6 }),
  ipam: {
    driver: body.ipam?.driver ?? '',
    ...(body.ipam?.options === undefined ? {} : { options: body.ipam.options }),
    pools: (body.ipam?.config ?? []).map(poolOf),
  },
  options: body.options ?? {},
  labels: body.labels ?? {},
});

/** Engine API, `NetworkConnectRequest`. */
export const networkConnectBody = struct('ConnectOptions', {
  container: string,
  endpointConfig: pointer(endpointRequest),
});

/** What the body asks of the endpoint: a MAC address since API 1.44, a priority since 1.48. */
export const networkConnectRequest = (
  { endpointConfig = endpointRequest.zero }: Infer<typeof networkConnectBody>,
  api: ApiVersion,
): EndpointRequest => ({
  ...endpointConfig,
  ...(api < 44 ? { macAddress: '' } : {}),
  ...(api < 48 ? { gwPriority: 0 } : {}),
});

/** Engine API, `NetworkDisconnectRequest`. */
export const networkDisconnectBody = struct('DisconnectOptions', { container: string, force: bool });

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
  ConfigFrom: { Network: network.configFrom },
  ConfigOnly: network.configOnly,
  Containers: Object.fromEntries(endpoints.map((endpoint) => [endpoint.container, endpointBody(endpoint)])),
  Options: network.options,
  Labels: network.labels,
});
