// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import { type Ip, type IpPrefix, containsIp, formatIpPrefix, parseIp, parseIpPrefix } from '../../spec/ip.ts';
import type { LinkRemover, NetlinkConnection } from './netlink.ts';

/** The address that a text is. */
export const ip = (text: string): Ip => parseIp(text) ?? assert.fail(text);
const prefix = (text: string): IpPrefix => parseIpPrefix(text) ?? assert.fail(text);

/** Two connections to two fresh namespaces, and an open file that names the second one. */
export interface NetlinkSubject {
  readonly here: NetlinkConnection;
  readonly there: NetlinkConnection;
  readonly thereFile: number;
  /** Of the first namespace. */
  readonly remover: LinkRemover;
}

const bridged = ({ here, thereFile }: NetlinkSubject): { readonly bridge: number; readonly port: number } => {
  here.createBridge({ name: 'br0', mtu: 1400 });
  const bridge = here.link('br0')?.index ?? assert.fail('no bridge');
  here.changeLink(bridge, { up: true });
  here.createVeth({
    name: 'veth0',
    mtu: 1400,
    master: bridge,
    peer: { name: 'eth0', macAddress: '02:11:22:33:44:55', namespace: thereFile },
  });
  return { bridge, port: here.link('veth0')?.index ?? assert.fail('no veth') };
};

/** Runs one test with what it asks for. */
export type WithSubject = (work: (subject: NetlinkSubject) => void | Promise<void>) => Promise<void>;

/** Registers tests of one implementation. */
export const checker =
  (name: string, subject: WithSubject) =>
  (sentence: string, work: (subject: NetlinkSubject) => void | Promise<void>): void => {
    void test(`${name}: ${sentence}`, () => subject(work));
  };

/** What every implementation keeps. `subject` runs one test with what it asks for. */
export const netlinkContract = (name: string, subject: WithSubject): void => {
  const check = checker(name, subject);

  check('a fresh namespace has a loopback that is down, and it can be set up', ({ here }) => {
    assert.deepEqual(
      here.links().map(({ name: link, up }) => [link, up]),
      [['lo', false]],
    );
    here.changeLink(1, { up: true });
    assert.equal(here.link('lo')?.up, true);
  });

  check('links are removed aside, several at a time, and one that is not there is no error', async (each) => {
    const { here, there, remover } = each;
    bridged(each);
    here.createBridge({ name: 'br1' });
    await Promise.all(['br0', 'br1', 'veth0', 'nothing'].map((link) => remover.remove(link)));
    assert.deepEqual(
      [...here.links(), ...there.links()].map((link) => link.name),
      ['lo', 'lo'],
    );
  });

  check('a cable that is taken off is unseen at both ends, and its names are free', async (each) => {
    const { here, there, remover } = each;
    bridged(each);
    await remover.takeOff('veth0');
    await remover.takeOff('nothing');
    assert.equal(here.link('veth0'), undefined);
    assert.equal(there.link('eth0'), undefined);
    here.deleteLink('br0');
    bridged(each);
  });

  check('a bridge is made once and deleted as often as one likes', ({ here }) => {
    assert.equal(here.link('br0'), undefined);
    here.createBridge({ name: 'br0' });
    assert.equal(here.link('br0')?.kind, 'bridge');
    assert.equal(here.link('br0')?.mtu, 1500);
    assert.throws(
      () => here.createBridge({ name: 'br0' }),
      (error) => isKind(error, 'conflict'),
    );
    here.deleteLink('br0');
    here.deleteLink('br0');
    assert.equal(here.link('br0'), undefined);
  });

  check('a veth pair has one end in the bridge and up, the other in its namespace and down', (both) => {
    const { bridge } = bridged(both);
    const own = both.here.link('veth0');
    const peer = both.there.link('eth0');
    assert.deepEqual([own?.kind, own?.mtu, own?.up, own?.master], ['veth', 1400, true, bridge]);
    assert.deepEqual(
      [peer?.mtu, peer?.up, peer?.master, peer?.macAddress],
      [1400, false, undefined, '02:11:22:33:44:55'],
    );
    assert.equal(both.here.link('eth0'), undefined);
  });

  check('a taken name of a veth end is a conflict and makes neither end', (both) => {
    bridged(both);
    const peer = { name: 'eth1', macAddress: '02:11:22:33:44:56', namespace: both.thereFile };
    assert.throws(
      () => both.here.createVeth({ name: 'veth0', mtu: 1500, peer }),
      (error) => isKind(error, 'conflict'),
    );
    assert.throws(
      () => both.here.createVeth({ name: 'veth1', mtu: 1500, peer: { ...peer, name: 'eth0' } }),
      (error) => isKind(error, 'conflict'),
    );
    assert.equal(both.there.link('eth1'), undefined);
    assert.equal(both.here.link('veth1'), undefined);
  });

  check('with one end of a veth pair the other one goes', (both) => {
    bridged(both);
    both.here.deleteLink('veth0');
    assert.equal(both.there.link('eth0'), undefined);
  });

  check('a link is renamed, gets another mtu and leaves its bridge', (both) => {
    const { port } = bridged(both);
    both.here.changeLink(port, { up: false });
    both.here.changeLink(port, { name: 'moved', mtu: 1300, master: 0 });
    const moved = both.here.link('moved');
    assert.deepEqual([moved?.index, moved?.mtu, moved?.up, moved?.master], [port, 1300, false, undefined]);
    assert.equal(both.here.link('veth0'), undefined);
  });

  check('a link moves to another namespace under another name', (both) => {
    bridged(both);
    const { there, here, thereFile: namespace } = both;
    const macAddress = '02:11:22:33:44:57';
    here.createVeth({ name: 'veth7', mtu: 1500, peer: { name: 'veth8', macAddress } });
    here.changeLink(here.link('veth8')?.index ?? 0, { namespace, name: 'eth8' });
    assert.equal(here.link('veth8'), undefined);
    assert.deepEqual([there.link('eth8')?.kind, there.link('eth8')?.up], ['veth', false]);
    // Its own name may be taken over there.
    here.createVeth({ name: 'veth5', mtu: 1500, peer: { name: 'eth0', macAddress } });
    here.changeLink(here.link('eth0')?.index ?? 0, { namespace, name: 'eth5' });
    assert.deepEqual([here.link('eth0'), there.link('eth5')?.macAddress], [undefined, macAddress]);
  });

  check('ports of a bridge take their settings, other links do not', (both) => {
    bridged(both);
    both.here.changePort('veth0', { hairpin: true, isolated: true });
    // A port passes nothing, or all, that has a cable with both ends up.
    both.here.changeLink(both.here.link('veth0')?.index ?? 0, { up: true });
    both.there.changeLink(both.there.link('eth0')?.index ?? 0, { up: true });
    both.here.changePort('veth0', { forwarding: false });
    assert.throws(() => both.here.changePort('br0', { hairpin: true }));
    assert.throws(
      () => both.here.changePort('absent', { hairpin: true }),
      (error) => isKind(error, 'not-found'),
    );
  });

  check('an address stays one however often it is added, and its removal too', ({ here }) => {
    here.createBridge({ name: 'br0' });
    const index = here.link('br0')?.index ?? 0;
    const texts = () =>
      here
        .addresses()
        .filter((one) => one.index === index)
        .map((one) => formatIpPrefix(one.address));
    here.addAddress(index, prefix('10.9.0.1/24'));
    here.addAddress(index, prefix('10.9.0.1/24'));
    assert.deepEqual(texts(), ['10.9.0.1/24']);
    here.deleteAddress(index, prefix('10.9.0.1/24'));
    here.deleteAddress(index, prefix('10.9.0.1/24'));
    assert.deepEqual(texts(), []);
    here.addAddress(index, prefix('fd00:9::1/64'));
    assert.ok(texts().includes('fd00:9::1/64'));
    assert.throws(
      () => here.addAddress(9999, prefix('10.9.0.1/24')),
      (error) => isKind(error, 'not-found'),
    );
  });

  check('the default route needs a gateway in reach, is added once and found', ({ here }) => {
    here.createBridge({ name: 'br0' });
    const index = here.link('br0')?.index ?? 0;
    const route = { gateway: ip('10.9.0.254') };
    assert.throws(() => here.addRoute(route));
    here.addAddress(index, prefix('10.9.0.1/24'));
    here.changeLink(index, { up: true });
    here.addRoute(route);
    here.addRoute(route);
    const found = here.routes().filter(({ destination }) => !destination);
    assert.deepEqual(
      found.map(({ gateway }) => gateway),
      [route.gateway],
    );
    here.deleteRoute(route);
    here.deleteRoute(route);
    assert.deepEqual(
      here.routes().filter(({ destination }) => !destination),
      [],
    );
  });

  check('the default route may be a link without a gateway, in each family', ({ here }) => {
    here.createBridge({ name: 'br0' });
    const index = here.link('br0')?.index ?? 0;
    here.addAddress(index, prefix('10.9.0.1/24'));
    here.addAddress(index, prefix('fd00:9::1/64'));
    here.changeLink(index, { up: true });
    here.addRoute({ destination: prefix('0.0.0.0/0'), index });
    here.addRoute({ destination: prefix('::/0'), index });
    here.addRoute({ destination: prefix('0.0.0.0/0'), index });
    const found = here.routes().filter(({ destination }) => !destination);
    assert.deepEqual(
      found.map((route) => [route.gateway, route.index]),
      [
        [undefined, index],
        [undefined, index],
      ],
    );
  });

  check('a neighbour is set, replaced and taken away', (both) => {
    const { here } = both;
    const { bridge } = bridged(both);
    const address = ip('10.9.0.7');
    const known = () =>
      here
        .neighbours()
        .filter((one) => one.index === bridge && containsIp(prefix('10.9.0.0/24'), one.address));
    here.addAddress(bridge, prefix('10.9.0.1/24'));
    here.setNeighbour({ index: bridge, address, macAddress: '02:00:00:00:00:07' });
    here.setNeighbour({ index: bridge, address, macAddress: '02:00:00:00:00:08' });
    assert.deepEqual(known(), [{ index: bridge, address, macAddress: '02:00:00:00:00:08' }]);
    here.deleteNeighbour(bridge, address);
    here.deleteNeighbour(bridge, ip('10.9.0.8'));
    assert.deepEqual(
      known()
        .map(({ macAddress }) => macAddress)
        .filter((mac) => mac !== '00:00:00:00:00:00'),
      [],
    );
  });
};
