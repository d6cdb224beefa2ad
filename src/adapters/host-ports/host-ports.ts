// SPDX-License-Identifier: Apache-2.0
import type { Protocol } from '../../spec/port.ts';

/** A port of the host: `address` is one of its own, `0.0.0.0` or `::`. */
export interface HostPort {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
}

/** Where what arrives at a port goes on to. */
export interface ForwardTarget {
  readonly address: string;
  readonly port: number;
}

/** A port that no other process gets until this is disposed of; connections that go through it end then. */
export interface HeldPort extends Disposable {
  /** Passes on what arrives here, for packets that address translation does not reach. tcp and udp only. */
  forwardTo(target: ForwardTarget): void;
}

/** Ports of the network namespace that the thread is in. */
export interface HostPorts {
  /**
   * Takes a port, at once.
   * @throws conflict (EADDRINUSE) when a process has it; forbidden (EACCES); internal (EADDRNOTAVAIL) when the address is
   * not one of the host's
   */
  hold(port: HostPort): HeldPort;
  /** Whether the host takes IPv6 connections. */
  readonly ipv6: boolean;
}
