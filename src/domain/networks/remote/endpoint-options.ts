// SPDX-License-Identifier: Apache-2.0
import type { EndpointRequest } from '../../../spec/endpoint-settings.ts';
import type { Port, Protocol } from '../../../spec/port.ts';
import type { Network, PublishRequest } from '../networks.ts';
import type { PluginOptions } from './network-plugin.ts';

/** Ports that a container exposes and wants published: where its network is a plugin's, the plugin's to make. */
export interface PortWishes {
  readonly exposed: readonly Port[];
  readonly publish: readonly PublishRequest[];
}

interface Wish {
  readonly request: EndpointRequest | undefined;
  readonly ports: PortWishes;
  /** They are reached by another network of the container already. Absent: no. */
  readonly isPublished?: boolean;
}

/** Numbers of IP protocols (IANA). */
const PROTOCOL: Readonly<Record<Protocol, number>> = { tcp: 6, udp: 17, sctp: 132 };

const portLabels = ({ exposed, publish }: PortWishes): PluginOptions => ({
  'com.docker.network.endpoint.exposedports': exposed.map(({ number, protocol }) => ({
    Proto: PROTOCOL[protocol],
    Port: number,
  })),
  'com.docker.network.portmap': publish.flatMap(
    ({ port, count = 1, hostAddress, hostPorts: [first, last] }) =>
      Array.from({ length: count }, (_, offset) => ({
        Proto: PROTOCOL[port.protocol],
        IP: '',
        Port: port.number + offset,
        HostIP: hostAddress,
        HostPort: first + offset,
        HostPortEnd: count > 1 ? first + offset : last,
      })),
  ),
});

/** What a driver is told of a container that joins, and of one whose ports are to be reached. */
export const joinOptions = ({ ports }: Pick<Wish, 'ports'>): PluginOptions => portLabels(ports);

/** What a driver is told of a new endpoint: the client's options, and the ports if it is to have them reached from outside. */
export const endpointOptions = ({ internal }: Pick<Network, 'internal'>, wish: Wish): PluginOptions => {
  const options = {
    ...wish.request?.driverOpts,
    ...(internal || wish.isPublished === true ? {} : portLabels(wish.ports)),
  };
  // Docker's JSON has keys in this order.
  return Object.fromEntries(
    Object.entries<unknown>(options).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
};
