// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { SysError } from '../../sys/errno.ts';
import type { ForwardTarget, HostPort, HostPorts } from './host-ports.ts';

const keyOf = ({ protocol, address, port }: HostPort): string => `${protocol} ${address} ${port}`;

/** Ports in memory. */
export interface FakeHostPorts extends HostPorts {
  /** Ports that are held, with where they are forwarded to. */
  readonly held: ReadonlyMap<string, ForwardTarget | undefined>;
}

/** `taken` are ports of other processes (`tcp 0.0.0.0 80`). */
export const createFakeHostPorts = (taken: ReadonlySet<string> = new Set(), ipv6 = true): FakeHostPorts => {
  const held = new Map<string, ForwardTarget | undefined>();
  return {
    held,
    ipv6,
    hold: (port) => {
      const key = keyOf(port);
      if (held.has(key) || taken.has(key))
        throw new EngineError('conflict', 'bind: EADDRINUSE', { cause: new SysError(98, 'bind', '') });
      held.set(key, undefined);
      return {
        forwardTo: (target) => void held.set(key, target),
        [Symbol.dispose]: () => void held.delete(key),
      };
    },
  };
};
