// SPDX-License-Identifier: Apache-2.0
import type { NetworkId } from '../../base/ids.ts';
import { shortId } from '../../base/ids.ts';
import type { ActiveNetwork, PlacedEndpoint } from './driver.ts';
import { inLookupOrder } from './endpoint-order.ts';
import type { NamedEndpoint, NamedSandbox } from './networks.ts';
import type { SandboxRecord } from './sandbox-record.ts';

type Active = ReadonlyMap<NetworkId, ActiveNetwork>;

/** Whether names are resolved in the network: the predefined ones never had that, nor has the engine's own endpoint. */
export const hasNames = (
  networks: Active,
  { network, isGateway }: Pick<PlacedEndpoint, 'network' | 'isGateway'>,
): boolean => isGateway !== true && networks.get(network)?.network.predefined === false;

const leadsOut = (networks: Active, { network }: Pick<PlacedEndpoint, 'network'>): boolean =>
  networks.get(network)?.network.internal === false;

const linksOf = (endpoint: PlacedEndpoint): NamedEndpoint['links'] =>
  (endpoint.request?.links ?? []).map((text) => {
    const [target = '', alias = target] = text.split(':');
    return { target, alias };
  });

const namedEndpoint = (record: SandboxRecord, endpoint: PlacedEndpoint): NamedEndpoint => ({
  network: endpoint.network,
  networkName: endpoint.networkName,
  ipv4Address: endpoint.ipv4Address,
  ipv6Address: endpoint.ipv6Address,
  names: [
    ...new Set([
      endpoint.containerName,
      ...(endpoint.request?.aliases ?? []),
      shortId(record.container),
      ...((record.hostname ?? '') === '' ? [] : [record.hostname ?? '']),
    ]),
  ],
  links: linksOf(endpoint),
});

/** What name resolution is told of a sandbox; `undefined` for one that never was in a user's network, or has no namespace. */
export const namedSandbox = (networks: Active, record: SandboxRecord): NamedSandbox | undefined => {
  const { namespacePath, naming } = record;
  const named = record.endpoints.filter((endpoint) => hasNames(networks, endpoint));
  const endpoints = inLookupOrder(networks, named);
  if (namespacePath === undefined || !naming) return undefined;
  return {
    id: record.id,
    container: record.container,
    containerName: endpoints[0]?.containerName ?? record.endpoints[0]?.containerName ?? '',
    namespacePath,
    endpoints: endpoints.map((endpoint) => namedEndpoint(record, endpoint)),
    leadsOut: record.endpoints.some((endpoint) => leadsOut(networks, endpoint)),
    ...naming,
  };
};
