// SPDX-License-Identifier: Apache-2.0
import type { EngineError } from '../../base/errors.ts';
import type { Protocol } from '../../spec/port.ts';

/** Ports of the host that follow each other, at one address or more. */
export interface HostPortRange {
  readonly protocol: Protocol;
  /** Each one of the host's own, `0.0.0.0` or `::`; a port is taken at all of them. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly count: number;
  /** Where what arrives goes from the beginning; absent: nowhere. */
  readonly target?: ForwardTarget;
}

/** Where what arrives at the first port goes on to; what arrives at the next one goes to the next. */
export interface ForwardTarget {
  readonly address: string;
  readonly port: number;
}

/**
 * Ports that no other process gets until this is disposed of; connections that go through them end then. Asynchronous
 * disposal is for many: nothing goes through any of them from its call on, they are free when it resolves, and other work
 * goes on meanwhile.
 */
export interface HeldPorts extends Disposable, AsyncDisposable {
  /**
   * Passes on what arrives here, for packets that address translation does not reach; tcp and udp only. Another target
   * takes the connections from then on, those that are open go on. `undefined`: what arrives is left unanswered.
   */
  forwardTo(target: ForwardTarget | undefined): void;
  /** Parts with the ports from `port` on, with all that goes through them: they are held by what it gives, and here no more. */
  part(port: number, count: number): HeldPorts;
}

/** The port of a range that was not to be had, and why: EADDRINUSE, EADDRNOTAVAIL, EACCES, EMFILE … */
export interface PortFault {
  readonly address: string;
  readonly port: number;
  readonly error: EngineError;
}

/** All ports of a range, or none of them. */
export type HoldOutcome =
  | { readonly held: HeldPorts; readonly fault?: undefined }
  | { readonly held?: undefined; readonly fault: PortFault };

/** Ports of the network namespace that the thread is in. */
export interface HostPorts {
  /** Takes ports, at once: some 15 µs each. */
  hold(range: HostPortRange): HoldOutcome;
  /** The same for many, in pieces between which other work goes on. */
  holdInTurns(range: HostPortRange): Promise<HoldOutcome>;
  /** Whether the host takes IPv6 connections. */
  readonly ipv6: boolean;
}
