// SPDX-License-Identifier: Apache-2.0
import type { NetworkId } from '../../../base/ids.ts';
import type { ActiveNetwork, PlacedEndpoint } from '../driver.ts';

type Active = ReadonlyMap<NetworkId, ActiveNetwork>;

const EVERYWHERE = '0.0.0.0/0';

const leadsOut = ({ gateway, ipv6Gateway, given }: PlacedEndpoint): boolean =>
  gateway !== '' ||
  ipv6Gateway !== '' ||
  given?.routes.some(({ destination }) => destination === EVERYWHERE) === true;

/** Whether an endpoint has a say in it: not the gateway's own, nor those that are to lead nowhere. */
const counts = (networks: Active, { network, isGateway, given }: PlacedEndpoint): boolean =>
  isGateway !== true &&
  given?.refusesGateway !== true &&
  networks.get(network)?.usesHost === false &&
  networks.get(network)?.network.internal === false;

/**
 * Whether a container is to have an endpoint on `docker_gwbridge`: it is in a network that leaves its way out to the
 * engine, and in none that has one. Source: libnetwork's rule, of which IPv6 gateways are a part since 28.
 */
export const needsGateway = (networks: Active, endpoints: readonly PlacedEndpoint[]): boolean => {
  // Nearly all containers are in none: they pay for no more than this.
  if (!endpoints.some(({ network }) => networks.get(network)?.usesGatewayBridge === true)) return false;
  const counting = endpoints.filter((endpoint) => counts(networks, endpoint));
  const isLeft = counting.some(({ network }) => networks.get(network)?.usesGatewayBridge === true);
  return isLeft && !counting.some(leadsOut);
};

/** The endpoints as clients see them: dockerd does not show the gateway's among a container's networks. */
export const withoutGateway = (endpoints: readonly PlacedEndpoint[]): readonly PlacedEndpoint[] =>
  endpoints.some(({ isGateway }) => isGateway === true)
    ? endpoints.filter(({ isGateway }) => isGateway !== true)
    : endpoints;
