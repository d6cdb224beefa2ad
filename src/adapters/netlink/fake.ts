// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type IpPrefix, containsIp, formatIp, formatIpPrefix } from '../../spec/ip.ts';
import {
  FakeKernel,
  type FakeLink,
  type FakePlace,
  type Stack,
  absent,
  changeLink,
  createLink,
  createVeth,
  moveLink,
} from './fake-kernel.ts';
import type { LinkAddress, Neighbour, Netlink, NetlinkConnection, PortChange, Route } from './netlink.ts';
import type { Forwarding } from './new-link.ts';

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

const sameRoute = (one: Route, other: Route): boolean => keyOf(one) === keyOf(other);
const isDefault = ({ destination }: Route): boolean => !destination || destination.length === 0;
const keyOf = (route: Route): string => {
  const { destination, gateway } = route;
  if (destination && !isDefault(route)) return formatIpPrefix(destination);
  return `default ${gateway?.family ?? destination?.family ?? 4}`;
};
/** As the kernel tells it. */
const toldRoute = (route: Route): Route => {
  const { destination: _whole, ...rest } = route;
  return isDefault(route) ? rest : route;
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
    createLink: (link) => createLink(kernel, here, place, link),
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
    routes: () => stack().routes.map(toldRoute),
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
    forwardings: () => stack().forwardings,
    addForwarding: (forwarding) => {
      find(forwarding.index);
      const many = /^[0:]+$/.test(forwarding.macAddress);
      stack().forwardings = [...withoutForwarding(stack(), forwarding, many), forwarding];
    },
    deleteForwarding: (forwarding) => {
      stack().forwardings = withoutForwarding(stack(), forwarding, true);
    },
    [Symbol.dispose]: () => {
      kernel.open -= 1;
    },
  };
};

const others = (stack: Stack, { index, address }: Pick<Neighbour, 'index' | 'address'>): Neighbour[] =>
  stack.neighbours.filter((one) => one.index !== index || formatIp(one.address) !== formatIp(address));

/** Those left without this one, and unless `many` stand for its address, without all of that address. */
const withoutForwarding = (stack: Stack, gone: Forwarding, many: boolean): Forwarding[] =>
  stack.forwardings.filter(
    ({ index, macAddress, to }) =>
      index !== gone.index || macAddress !== gone.macAddress || (many && formatIp(to) !== formatIp(gone.to)),
  );

/** Connections open in the namespace that `place` names at that time; without one there is only home. `lacks`: kinds of links that this kernel does not have. */
export const createFakeNetlink = (
  place: FakePlace = { current: () => '', pathOf: () => '' },
  lacks: readonly string[] = [],
): FakeNetlink => {
  const kernel = new FakeKernel(lacks);
  const forgotten: string[] = [];
  return {
    connect: () => connect(kernel, place.current(), place),
    openRemover: () => {
      const here = place.current();
      const remove = async (name: string): Promise<void> => {
        await Promise.resolve();
        const found = kernel.stack(here).links.get(name);
        if (found) kernel.remove(found);
      };
      return {
        remove,
        takeOff: remove,
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
