// SPDX-License-Identifier: Apache-2.0
import type { HostBinding, Port } from '../../spec/port.ts';

/** A port of a container with all places of the host where it is reached. */
export interface PublishedPort {
  readonly port: Port;
  readonly bindings: readonly HostBinding[];
}

/** `0.0.0.0:80`, `[::]:80` */
export const formatHostPort = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
