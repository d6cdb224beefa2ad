// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { isKind } from '../../base/errors.ts';
import { formatIp } from '../../spec/ip.ts';
import { type NetlinkSubject, type WithSubject, checker, ip } from './contract.ts';

/** Index of a link that others can be made on: one end of a cable. */
const parentIn = ({ here }: NetlinkSubject): number => {
  const peer = { name: 'parent1', macAddress: '02:11:22:33:44:55' };
  here.createVeth({ name: 'parent0', mtu: 1400, peer });
  return here.link('parent0')?.index ?? assert.fail('no parent');
};

/** What every implementation keeps of links other than bridges and cables. `subject` runs one test with what it asks for. */
export const newLinkContract = (name: string, subject: WithSubject): void => {
  const check = checker(name, subject);

  check('macvlan links are made on their parent in another namespace, and go with it', (both) => {
    const parent = parentIn(both);
    const { here, there, thereFile: namespace } = both;
    const link = { kind: 'macvlan', parent, namespace, mode: 'bridge' } as const;
    here.createLink({ ...link, name: 'eth1', macAddress: '02:11:22:33:44:66' });
    here.createLink({ ...link, name: 'eth2', mtu: 1300 });
    const [one, two] = [there.link('eth1'), there.link('eth2')];
    assert.deepEqual([one?.kind, one?.mtu, one?.up], ['macvlan', 1400, false]);
    assert.deepEqual([one?.macAddress, two?.mtu], ['02:11:22:33:44:66', 1300]);
    assert.throws(
      () => here.createLink({ ...link, name: 'eth1' }),
      (error) => isKind(error, 'conflict'),
    );
    assert.throws(
      () => here.createLink({ ...link, name: 'eth3', mode: 'passthru' }),
      (error) => isKind(error, 'invalid-argument'),
    );
    assert.throws(
      () => here.createLink({ ...link, name: 'eth3', parent: 9999 }),
      (error) => isKind(error, 'not-found'),
    );
    here.deleteLink('parent0');
    assert.deepEqual([there.link('eth1'), there.link('eth2')], [undefined, undefined]);
  });

  check('a macvlan link that goes leaves its parent, which may serve another mode then', (both) => {
    const parent = parentIn(both);
    const { here, there, thereFile: namespace } = both;
    here.createLink({ kind: 'macvlan', name: 'eth1', parent, namespace, mode: 'private' });
    there.deleteLink('eth1');
    here.createLink({ kind: 'macvlan', name: 'eth1', parent, namespace, mode: 'passthru' });
    assert.equal(there.link('eth1')?.kind, 'macvlan');
    assert.equal(here.link('parent0')?.kind, 'veth');
  });

  check('a VXLAN sends to the hosts that it is told of', (both) => {
    const { here } = both;
    here.createBridge({ name: 'br0' });
    const master = here.link('br0')?.index ?? assert.fail('no bridge');
    const local = ip('127.0.0.1');
    here.createLink({ kind: 'vxlan', name: 'vx0', id: 4711, port: 4789, local, mtu: 1350, master });
    const vxlan = here.link('vx0') ?? assert.fail('no link');
    assert.deepEqual([vxlan.kind, vxlan.mtu, vxlan.master], ['vxlan', 1350, master]);
    const { index } = vxlan;
    const all = { index, macAddress: '00:00:00:00:00:00' };
    const known = { index, macAddress: '02:42:0a:00:00:02' };
    const texts = (): readonly string[] =>
      here
        .forwardings()
        .filter((one) => one.index === index)
        .map(({ macAddress, to }) => `${macAddress} ${formatIp(to)}`)
        .toSorted();
    here.addForwarding({ ...all, to: ip('10.0.0.2') });
    here.addForwarding({ ...all, to: ip('10.0.0.3') });
    here.addForwarding({ ...all, to: ip('10.0.0.3') });
    here.addForwarding({ ...known, to: ip('10.0.0.2') });
    here.addForwarding({ ...known, to: ip('10.0.0.3') });
    const zeros = '00:00:00:00:00:00';
    const moved = '02:42:0a:00:00:02 10.0.0.3';
    assert.deepEqual(texts(), [`${zeros} 10.0.0.2`, `${zeros} 10.0.0.3`, moved]);
    here.deleteForwarding({ ...all, to: ip('10.0.0.2') });
    here.deleteForwarding({ ...all, to: ip('10.0.0.2') });
    assert.deepEqual(texts(), [`${zeros} 10.0.0.3`, moved]);
    assert.throws(
      () => here.createLink({ kind: 'vxlan', name: 'vx1', id: 4711, port: 4789, local }),
      (error) => isKind(error, 'conflict'),
    );
    here.deleteLink('vx0');
    assert.deepEqual(texts(), []);
  });

  check('hosts of a VXLAN may have IPv6 addresses', ({ here }) => {
    here.createLink({ kind: 'vxlan', name: 'vx0', id: 7, port: 4789, local: ip('::') });
    const index = here.link('vx0')?.index ?? assert.fail('no link');
    here.addForwarding({ index, macAddress: '00:00:00:00:00:00', to: ip('fd00::2') });
    assert.deepEqual(
      here.forwardings().flatMap((one) => (one.index === index ? [formatIp(one.to)] : [])),
      ['fd00::2'],
    );
  });

  check('a kind of links that the kernel has not says so, and makes nothing', (both) => {
    const parent = parentIn(both);
    const { here } = both;
    for (const link of [
      { kind: 'dummy', name: 'other' },
      { kind: 'vlan', name: 'other', parent, id: 10 },
      { kind: 'ipvlan', name: 'other', parent, mode: 'l2', flag: 'bridge' },
    ] as const) {
      try {
        here.createLink(link);
        assert.equal(here.link('other')?.kind, link.kind);
        here.deleteLink('other');
      } catch (error) {
        assert.ok(isKind(error, 'not-implemented'), String(error));
        assert.equal(here.link('other'), undefined);
      }
    }
  });
};
