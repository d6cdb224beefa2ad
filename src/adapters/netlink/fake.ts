// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type IpPrefix, containsIp, formatIp, formatIpPrefix } from '../../spec/ip.ts';
import type {
  Link,
  LinkAddress,
  LinkChange,
  Neighbour,
  Netlink,
  NetlinkConnection,
  NewVeth,
  PortChange,
  Route,
} from './netlink.ts';

/** Where a fake connection opens, and which namespace an open file names. */
export interface FakePlace {
  current(): string;
  pathOf(fd: number): string;
}

interface FakeLink {
  link: Link;
  port: PortChange;
  peer?: FakeLink;
  namespace: string;
}

/** The network of one namespace. */
interface Stack {
  readonly links: Map<string, FakeLink>;
  addresses: LinkAddress[];
  routes: Route[];
  neighbours: Neighbour[];
}

/** Netlink in memory; `portOf` and `drop` serve tests. */
export interface FakeNetlink extends Netlink {
  /** What was set of the port that the interface is, in the home namespace. */
  portOf(name: string): PortChange | undefined;
  /** Ends a namespace with its links and their other ends. */
  drop(namespace: string): void;
  readonly openConnections: number;
  /** Addresses whose flows were forgotten. */
  readonly forgotten: readonly string[];
}

const loopback: Link = {
  index: 1,
  name: 'lo',
  kind: '',
  macAddress: '00:00:00:00:00:00',
  mtu: 65_536,
  up: false,
};
const absent = (what: string): EngineError => new EngineError('not-found', `${what}: ENODEV`);
const sameRoute = (one: Route, other: Route): boolean => keyOf(one) === keyOf(other);
const keyOf = ({ destination }: Route): string => (destination ? formatIpPrefix(destination) : 'default');

class FakeKernel {
  readonly #stacks = new Map<string, Stack>();
  #index = 2;
  open = 0;

  stack(namespace: string): Stack {
    const known = this.#stacks.get(namespace);
    if (known) return known;
    const fresh: Stack = { links: new Map(), addresses: [], routes: [], neighbours: [] };
    fresh.links.set('lo', { link: loopback, port: {}, namespace });
    this.#stacks.set(namespace, fresh);
    return fresh;
  }

  add(namespace: string, link: Omit<Link, 'index'>): FakeLink {
    const { links } = this.stack(namespace);
    if (links.has(link.name)) throw new EngineError('conflict', `create ${link.name}: EEXIST`);
    const added: FakeLink = { link: { ...link, index: this.#index++ }, port: {}, namespace };
    links.set(link.name, added);
    return added;
  }

  remove({ link, namespace, peer }: FakeLink): void {
    const stack = this.stack(namespace);
    if (!stack.links.delete(link.name)) return;
    stack.addresses = stack.addresses.filter(({ index }) => index !== link.index);
    stack.routes = stack.routes.filter(({ index }) => index !== link.index);
    stack.neighbours = stack.neighbours.filter(({ index }) => index !== link.index);
    if (peer) this.remove(peer);
  }

  drop(namespace: string): void {
    for (const link of this.stack(namespace).links.values()) this.remove(link);
    this.#stacks.delete(namespace);
  }
}

const createVeth = (kernel: FakeKernel, here: string, place: FakePlace, veth: NewVeth): void => {
  const there = veth.peer.namespace === undefined ? here : place.pathOf(veth.peer.namespace);
  if (kernel.stack(there).links.has(veth.peer.name))
    throw new EngineError('conflict', `create ${veth.peer.name}: EEXIST`);
  const common = { kind: 'veth', mtu: veth.mtu };
  const master = veth.master === undefined ? {} : { master: veth.master };
  const own = kernel.add(here, {
    ...common,
    ...master,
    name: veth.name,
    macAddress: '02:00:00:00:00:01',
    up: true,
  });
  const { name, macAddress } = veth.peer;
  own.peer = kernel.add(there, { ...common, name, macAddress, up: false });
  own.peer.peer = own;
};

const changeLink = (stack: Stack, found: FakeLink, { master, ...change }: LinkChange): void => {
  const { master: before, ...rest } = found.link;
  const after = master ?? before ?? 0;
  stack.links.delete(found.link.name);
  found.link = { ...rest, ...change, ...(after === 0 ? {} : { master: after }) };
  stack.links.set(found.link.name, found);
};

const moveLink = (kernel: FakeKernel, found: FakeLink, there: string, name = found.link.name): void => {
  if (kernel.stack(there).links.has(name)) throw new EngineError('conflict', `move ${name}: EEXIST`);
  const { master: _left, ...link } = found.link;
  const { peer } = found;
  const stack = kernel.stack(found.namespace);
  stack.addresses = stack.addresses.filter(({ index }) => index !== link.index);
  stack.routes = stack.routes.filter(({ index }) => index !== link.index);
  stack.links.delete(link.name);
  found.link = { ...link, name, up: false };
  found.namespace = there;
  kernel.stack(there).links.set(name, found);
  if (peer) peer.peer = found;
};

const connect = (kernel: FakeKernel, here: string, place: FakePlace): NetlinkConnection => {
  const stack = (): Stack => kernel.stack(here);
  const find = (index: number): FakeLink => {
    const found = [...stack().links.values()].find(({ link }) => link.index === index);
    if (!found) throw absent(`link ${index}`);
    return found;
  };
  const same = (index: number, address: IpPrefix) => (one: LinkAddress) =>
    one.index === index && formatIpPrefix(one.address) === formatIpPrefix(address);
  const reachable = ({ gateway }: Route): boolean =>
    !gateway || stack().addresses.some(({ address }) => containsIp(address, gateway));
  kernel.open += 1;
  return {
    links: () => [...stack().links.values()].map(({ link }) => link),
    link: (name) => stack().links.get(name)?.link,
    createBridge: ({ name, mtu }) =>
      void kernel.add(here, {
        name,
        kind: 'bridge',
        mtu: mtu ?? 1500,
        macAddress: '02:00:00:00:00:02',
        up: false,
      }),
    createVeth: (veth) => createVeth(kernel, here, place, veth),
    changeLink: (index, { namespace, ...change }) => {
      const found = find(index);
      if (namespace !== undefined) moveLink(kernel, found, place.pathOf(namespace), change.name);
      else changeLink(stack(), found, change);
    },
    changePort: (name, change) => {
      const found = stack().links.get(name);
      if (!found) throw absent(`link ${name}`);
      if (found.link.master === undefined) throw new EngineError('invalid-argument', 'change port: EINVAL');
      found.port = { ...found.port, ...change };
    },
    deleteLink: (name) => {
      const found = stack().links.get(name);
      if (found) kernel.remove(found);
    },
    addresses: () => stack().addresses,
    addAddress: (index, address) => {
      find(index);
      if (!stack().addresses.some(same(index, address))) stack().addresses.push({ index, address });
    },
    deleteAddress: (index, address) => {
      const keeps = same(index, address);
      stack().addresses = stack().addresses.filter((one) => !keeps(one));
    },
    routes: () => stack().routes,
    addRoute: (route) => {
      if (!reachable(route)) throw new EngineError('internal', 'add route: ENETUNREACH');
      if (!stack().routes.some((one) => sameRoute(one, route))) stack().routes.push(route);
    },
    deleteRoute: (route) => {
      stack().routes = stack().routes.filter((one) => !sameRoute(one, route));
    },
    neighbours: () => stack().neighbours,
    setNeighbour: (neighbour) => {
      find(neighbour.index);
      stack().neighbours = [...others(stack(), neighbour), neighbour];
    },
    deleteNeighbour: (index, address) => {
      stack().neighbours = others(stack(), { index, address });
    },
    [Symbol.dispose]: () => {
      kernel.open -= 1;
    },
  };
};

const others = (stack: Stack, { index, address }: Pick<Neighbour, 'index' | 'address'>): Neighbour[] =>
  stack.neighbours.filter((one) => one.index !== index || formatIp(one.address) !== formatIp(address));

/** Connections open in the namespace that `place` names at that time; without one there is only home. */
export const createFakeNetlink = (
  place: FakePlace = { current: () => '', pathOf: () => '' },
): FakeNetlink => {
  const kernel = new FakeKernel();
  const forgotten: string[] = [];
  return {
    connect: () => connect(kernel, place.current(), place),
    openRemover: () => {
      const here = place.current();
      return {
        remove: async (name) => {
          await Promise.resolve();
          const found = kernel.stack(here).links.get(name);
          if (found) kernel.remove(found);
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
    forgetFlows: (to) => {
      forgotten.push(formatIp(to));
      return 0;
    },
    forgotten,
    portOf: (name) => kernel.stack('').links.get(name)?.port,
    drop: (namespace) => kernel.drop(namespace),
    get openConnections() {
      return kernel.open;
    },
  };
};
