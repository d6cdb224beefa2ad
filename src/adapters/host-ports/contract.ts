// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errnoOf } from '../../sys/errno.ts';
import type { HeldPorts, HostPortRange, HostPorts } from './host-ports.ts';

/** Ports that are expected to be free. */
export const mustHold = (ports: HostPorts, range: HostPortRange): HeldPorts => {
  const { held, fault } = ports.hold(range);
  assert.ok(held, fault?.error.message);
  return held;
};

/** What every implementation keeps. `port` is the first of ten that nobody uses. */
export const hostPortsContract = (
  name: string,
  subject: () => { readonly ports: HostPorts; readonly port: number },
): void => {
  for (const protocol of ['tcp', 'udp'] as const) {
    void test(`${name}: a ${protocol} port is held by one holder at a time and free again after it`, () => {
      const { ports, port } = subject();
      const wanted = { protocol, addresses: ['127.0.0.1'], port, count: 1 };
      const held = mustHold(ports, wanted);
      const { fault } = ports.hold(wanted);
      assert.equal(errnoOf(fault?.error), 'EADDRINUSE');
      assert.deepEqual([fault?.address, fault?.port], ['127.0.0.1', port]);
      held[Symbol.dispose]();
      held[Symbol.dispose]();
      mustHold(ports, wanted)[Symbol.dispose]();
    });

    void test(`${name}: a ${protocol} port that forwards is held too, and free again after it`, () => {
      const { ports, port } = subject();
      const wanted = { protocol, addresses: ['127.0.0.1'], port, count: 1 };
      const held = mustHold(ports, wanted);
      held.forwardTo({ address: '127.0.0.1', port: 9 });
      assert.ok(ports.hold(wanted).fault);
      held[Symbol.dispose]();
      mustHold(ports, wanted)[Symbol.dispose]();
    });

    void test(`${name}: a range of ${protocol} ports is held whole or not at all`, async () => {
      const { ports, port } = subject();
      const range = { protocol, addresses: ['127.0.0.1'], port, count: 5 };
      {
        using _inside = mustHold(ports, { ...range, port: port + 3, count: 1 });
        for (const { fault } of [ports.hold(range), await ports.holdInTurns(range)])
          assert.deepEqual([fault?.address, fault?.port], ['127.0.0.1', port + 3]);
        mustHold(ports, { ...range, count: 3 })[Symbol.dispose]();
      }
      const { held } = await ports.holdInTurns(range);
      assert.ok(ports.hold({ ...range, port: port + 4, count: 1 }).fault);
      held?.[Symbol.dispose]();
    });

    void test(`${name}: ${protocol} ports that are let go of in turns are free when all are`, async () => {
      const { ports, port } = subject();
      const range = { protocol, addresses: ['127.0.0.1'], port, count: 5 };
      const held = mustHold(ports, { ...range, target: { address: '127.0.0.1', port: 9 } });
      await Promise.all([held[Symbol.asyncDispose](), held[Symbol.asyncDispose]()]);
      mustHold(ports, range)[Symbol.dispose]();
    });

    void test(`${name}: a part of a range of ${protocol} ports is held and let go of by itself`, () => {
      const { ports, port } = subject();
      const range = { protocol, addresses: ['127.0.0.1'], port, count: 5 };
      const one = { ...range, port: port + 2, count: 1 };
      using held = mustHold(ports, range);
      held.forwardTo({ address: '127.0.0.1', port: 9 });
      const parted = held.part(port + 2, 1);
      assert.ok(ports.hold(one).fault);
      parted[Symbol.dispose]();
      mustHold(ports, one)[Symbol.dispose]();
      assert.ok(ports.hold({ ...one, port: port + 1 }).fault);
      assert.ok(ports.hold({ ...one, port: port + 3 }).fault);
    });
  }

  void test(`${name}: tcp and udp, IPv4 and IPv6 do not get in each other's way`, () => {
    const { ports, port } = subject();
    using _first = mustHold(ports, { protocol: 'tcp', addresses: ['0.0.0.0'], port, count: 1 });
    using _second = mustHold(ports, { protocol: 'udp', addresses: ['0.0.0.0'], port, count: 1 });
    if (ports.ipv6) mustHold(ports, { protocol: 'tcp', addresses: ['::'], port, count: 1 })[Symbol.dispose]();
  });

  void test(`${name}: all addresses of both families are taken together, and the fault is that of the one that is not free`, () => {
    const { ports, port } = subject();
    if (!ports.ipv6) return;
    const both = { protocol: 'tcp', addresses: ['0.0.0.0', '::'], port, count: 1 } as const;
    for (const address of both.addresses) {
      const alone = { ...both, addresses: [address] };
      {
        using _held = mustHold(ports, both);
        assert.ok(ports.hold(alone).fault);
      }
      using _alone = mustHold(ports, alone);
      assert.equal(ports.hold(both).fault?.address, address);
    }
  });
};
