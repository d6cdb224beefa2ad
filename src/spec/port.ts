// SPDX-License-Identifier: Apache-2.0

export type Protocol = 'tcp' | 'udp' | 'sctp';

/** A container's port, written `80/tcp` in the Engine API. */
export interface Port {
  readonly number: number;
  readonly protocol: Protocol;
}

/** One address and port of the host under which a container's port is reached. */
export interface HostBinding {
  /** `0.0.0.0`, `::` or one address of the host. */
  readonly address: string;
  readonly port: number;
}
