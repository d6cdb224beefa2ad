// SPDX-License-Identifier: Apache-2.0
import { shortId } from '../../base/ids.ts';
import type { Container } from '../../domain/containers/index.ts';
import type { Endpoint, Sandbox } from '../../domain/networks/index.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import { endpointRequest } from '../../spec/endpoint-settings.ts';
import type { ApiVersion } from '../version.ts';

/** Networks that every engine has: containers have no names in their DNS. */
const PREDEFINED: ReadonlySet<string> = new Set(['bridge', 'host', 'none']);

/** What is shown of a place in a network while the container does not run. */
const NO_ADDRESSES = {
  endpointId: '',
  gateway: '',
  ipv4Address: '',
  ipv4PrefixLength: 0,
  ipv6Gateway: '',
  ipv6Address: '',
  ipv6PrefixLength: 0,
};

const addressesOf = (endpoint: Endpoint | undefined): typeof NO_ADDRESSES =>
  endpoint === undefined ? NO_ADDRESSES : { ...endpoint, endpointId: endpoint.id };

/** Up to API 1.44 the aliases in a user's network name the short id, too. */
const aliasesOf = (
  network: string,
  request: EndpointRequest,
  container: Container,
  api: ApiVersion,
): readonly string[] | null => {
  if (api >= 45 || PREDEFINED.has(network)) return request.aliases ?? null;
  return [...(request.aliases ?? []), shortId(container.id)];
};

const dnsNames = (
  network: string,
  request: EndpointRequest,
  container: Container,
): readonly string[] | null => {
  if (PREDEFINED.has(network) || container.networkIds[network] === undefined) return null;
  const { hostname } = container.config;
  const names = [
    container.name,
    ...(request.aliases ?? []),
    shortId(container.id),
    ...(hostname === '' ? [] : [hostname]),
  ];
  return [...new Set(names)];
};

const EMPTY_REQUEST: EndpointRequest = endpointRequest.zero;

/** Engine API, `EndpointSettings`: what was asked for, and what came of it while the container runs. */
const endpointBody = (
  network: string,
  container: Container,
  endpoint: Endpoint | undefined,
  api: ApiVersion,
): object => {
  const request = container.endpoints[network] ?? EMPTY_REQUEST;
  const addresses = addressesOf(endpoint);
  const asked = endpointRequest.encode(request) as Readonly<Record<string, unknown>>;
  return {
    IPAMConfig: asked['IPAMConfig'],
    Links: asked['Links'],
    Aliases: aliasesOf(network, request, container, api),
    MacAddress: endpoint?.macAddress ?? request.macAddress,
    DriverOpts: asked['DriverOpts'],
    GwPriority: request.gwPriority,
    NetworkID: endpoint?.network ?? container.networkIds[network] ?? '',
    EndpointID: addresses.endpointId,
    Gateway: addresses.gateway,
    IPAddress: addresses.ipv4Address,
    IPPrefixLen: addresses.ipv4PrefixLength,
    IPv6Gateway: addresses.ipv6Gateway,
    GlobalIPv6Address: addresses.ipv6Address,
    GlobalIPv6PrefixLen: addresses.ipv6PrefixLength,
    DNSNames: dnsNames(network, request, container),
  };
};

/** A container's networks by name, those of its configuration and those it is in now. */
export const networksBody = (container: Container, sandbox: Sandbox | undefined, api: ApiVersion): object => {
  const current = new Map((sandbox?.endpoints ?? []).map((endpoint) => [endpoint.networkName, endpoint]));
  const names = [...new Set([...Object.keys(container.endpoints), ...current.keys()])].toSorted();
  return Object.fromEntries(
    names.map((name) => [name, endpointBody(name, container, current.get(name), api)]),
  );
};
