// SPDX-License-Identifier: Apache-2.0
import type { HostBinding, Port } from '../../spec/port.ts';

/** A port of a container with all places of the host where it is reached, or a range of them. */
export interface PublishedPort {
  readonly port: Port;
  /** So many ports, `port` and every binding being the first of them; absent for one. */
  readonly count?: number;
  /** A binding's port is 0 where the container is reached at its own address alone. */
  readonly bindings: readonly HostBinding[];
}

/** How many ports of the container these are. */
export const countOf = ({ count = 1 }: Pick<PublishedPort, 'count'>): number => count;

/** `count` of the container's ports, from `first` on. */
export const partOf = (published: PublishedPort, first: number, count: number): PublishedPort => {
  const { port, bindings } = published;
  const shift = first - port.number;
  return {
    port: { ...port, number: first },
    ...(count > 1 ? { count } : {}),
    bindings: bindings.map((binding) =>
      binding.port === 0 ? binding : { ...binding, port: binding.port + shift },
    ),
  };
};

/** `0.0.0.0:80`, `[::]:80` */
export const formatHostPort = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
