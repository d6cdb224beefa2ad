// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import { errnoOf } from '../../sys/errno.ts';
import type { HostPorts } from './host-ports.ts';

/** What every implementation keeps. `port` is one that nobody uses on the loopback addresses. */
export const hostPortsContract = (
  name: string,
  subject: () => { readonly ports: HostPorts; readonly port: number },
): void => {
  for (const protocol of ['tcp', 'udp'] as const) {
    void test(`${name}: a ${protocol} port is held by one holder at a time and free again after it`, () => {
      const { ports, port } = subject();
      const wanted = { protocol, address: '127.0.0.1', port };
      const held = ports.hold(wanted);
      assert.throws(
        () => ports.hold(wanted),
        (error) => isKind(error, 'conflict') && errnoOf(error) === 'EADDRINUSE',
      );
      held[Symbol.dispose]();
      held[Symbol.dispose]();
      ports.hold(wanted)[Symbol.dispose]();
    });

    void test(`${name}: a ${protocol} port that forwards is held too, and free again after it`, () => {
      const { ports, port } = subject();
      const wanted = { protocol, address: '127.0.0.1', port };
      const held = ports.hold(wanted);
      held.forwardTo({ address: '127.0.0.1', port: 9 });
      assert.throws(
        () => ports.hold(wanted),
        (error) => isKind(error, 'conflict'),
      );
      held[Symbol.dispose]();
    });
  }

  void test(`${name}: tcp and udp, IPv4 and IPv6 do not get in each other's way`, () => {
    const { ports, port } = subject();
    using _first = ports.hold({ protocol: 'tcp', address: '0.0.0.0', port });
    using _second = ports.hold({ protocol: 'udp', address: '0.0.0.0', port });
    if (ports.ipv6) ports.hold({ protocol: 'tcp', address: '::', port })[Symbol.dispose]();
  });
};
