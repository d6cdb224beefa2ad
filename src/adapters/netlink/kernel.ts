// SPDX-License-Identifier: Apache-2.0
import { EngineError, isKind } from '../../base/errors.ts';
import type { Ip } from '../../spec/ip.ts';
import { SysError, errnoOf, sysFailure } from '../../sys/errno.ts';
import { NETLINK_NETFILTER, NETLINK_ROUTE, NetlinkSocket } from '../../sys/netlink-socket.ts';
import * as addresses from './address-messages.ts';
import * as flows from './flow-messages.ts';
import * as forwardings from './forwarding-messages.ts';
import * as links from './link-messages.ts';
import { parseAnswers, setSequence } from './message.ts';
import type { Netlink, NetlinkConnection } from './netlink.ts';
import { newLink } from './new-link-messages.ts';
import { openRemover } from './remover.ts';

/** What the kernel says of a link, an address, a route or a neighbour that is not there. */
const ABSENT = ['ENODEV', 'ENOENT', 'ESRCH', 'EADDRNOTAVAIL'] as const;

const failure = (errno: number, operation: string, subject: string, words: string): EngineError => {
  const plain = sysFailure(errno, operation, subject);
  if (words === '') return plain;
  return new EngineError(plain.kind, `${plain.message} (${words})`, {
    cause: new SysError(errno, operation, subject),
  });
};

const unless = (errnos: readonly string[], work: () => void): void => {
  try {
    work();
  } catch (error) {
    if (!errnos.includes(errnoOf(error) ?? '')) throw error;
  }
};

const isPresent = <Value>(value: Value | undefined): value is Value => value !== undefined;

/** Sends `message` and gives the bodies of the answer. `operation` and `subject` are for the error's text. */
type Talk = (message: Buffer, operation: string, subject?: string) => readonly Buffer[];

const createTalk = (socket: NetlinkSocket): Talk => {
  const counter = { sequence: 0 };
  return (message, operation, subject = '') => {
    const sequence = ++counter.sequence;
    setSequence(message, sequence);
    socket.send(message);
    const bodies: Buffer[] = [];
    for (;;) {
      for (const answer of parseAnswers(socket.receive())) {
        if (answer.sequence !== sequence) continue;
        if (!answer.end) bodies.push(answer.body);
        else if (answer.errno === 0) return bodies;
        else throw failure(answer.errno, operation, subject, answer.words);
      }
    }
  };
};

const linkCalls = (talk: Talk) =>
  ({
    links: () => talk(links.dumpLinks(), 'list links').map(links.parseLink),
    link: (name) => {
      try {
        return talk(links.getLink(name), 'get link', name).map(links.parseLink)[0];
      } catch (error) {
        if (isKind(error, 'not-found')) return undefined;
        throw error;
      }
    },
    createBridge: (bridge) => void talk(links.newBridge(bridge), 'create bridge', bridge.name),
    createVeth: (veth) => void talk(links.newVeth(veth), 'create veth', veth.name),
    createLink: (link) => void talk(newLink(link), `create ${link.kind}`, link.name),
    changeLink: (index, change) => void talk(links.changeLink(index, change), 'change link', `${index}`),
    changePort: (name, change) => void talk(links.changePort(name, change), 'change port', name),
    deleteLink: (name) => unless(ABSENT, () => void talk(links.deleteLink(name), 'delete link', name)),
  }) satisfies Partial<NetlinkConnection>;

const addressCalls = (talk: Talk) =>
  ({
    addresses: () =>
      talk(addresses.dumpAddresses(), 'list addresses').map(addresses.parseAddress).filter(isPresent),
    addAddress: (index, address) =>
      unless(['EEXIST'], () => void talk(addresses.newAddress(index, address), 'add address')),
    deleteAddress: (index, address) =>
      unless(ABSENT, () => void talk(addresses.deleteAddress(index, address), 'delete address')),
    routes: () => talk(addresses.dumpRoutes(), 'list routes').map(addresses.parseRoute).filter(isPresent),
    addRoute: (route) => unless(['EEXIST'], () => void talk(addresses.newRoute(route), 'add route')),
    deleteRoute: (route) => unless(ABSENT, () => void talk(addresses.deleteRoute(route), 'delete route')),
    neighbours: () =>
      talk(addresses.dumpNeighbours(), 'list neighbours').map(addresses.parseNeighbour).filter(isPresent),
    setNeighbour: (neighbour) => void talk(addresses.setNeighbour(neighbour), 'set neighbour'),
    deleteNeighbour: (index, address) =>
      unless(ABSENT, () => void talk(addresses.deleteNeighbour(index, address), 'delete neighbour')),
  }) satisfies Partial<NetlinkConnection>;

const forwardingCalls = (talk: Talk) =>
  ({
    forwardings: () =>
      talk(forwardings.dumpForwardings(), 'list forwardings')
        .map(forwardings.parseForwarding)
        .filter(isPresent),
    addForwarding: (forwarding) =>
      unless(['EEXIST'], () => void talk(forwardings.newForwarding(forwarding), 'add forwarding')),
    deleteForwarding: (forwarding) =>
      unless(ABSENT, () => void talk(forwardings.deleteForwarding(forwarding), 'delete forwarding')),
  }) satisfies Partial<NetlinkConnection>;

const forgetFlows = (to: Ip, [first, last]: readonly [number, number] = [0, 65_535]): number => {
  using socket = new NetlinkSocket(NETLINK_NETFILTER);
  const talk = createTalk(socket);
  const isMeant = (body: Buffer): boolean => {
    const port = flows.flowPort(body) ?? 0;
    return port >= first && port <= last;
  };
  const deletions = talk(flows.dumpFlows(to), 'list flows')
    .filter(isMeant)
    .map((body) => flows.deleteFlow(to, body))
    .filter(isPresent);
  // One may have ended by itself meanwhile.
  for (const deletion of deletions) unless(ABSENT, () => void talk(deletion, 'delete flow'));
  return deletions.length;
};

/** The kernel's rtnetlink. Main thread only. */
export const createNetlink = (): Netlink => ({
  forgetFlows,
  openRemover,
  connect: () => {
    const socket = new NetlinkSocket(NETLINK_ROUTE);
    const talk = createTalk(socket);
    return {
      ...linkCalls(talk),
      ...addressCalls(talk),
      ...forwardingCalls(talk),
      [Symbol.dispose]: () => socket[Symbol.dispose](),
    };
  },
});
