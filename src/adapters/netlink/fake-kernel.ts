// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import { EngineError } from '../../base/errors.ts';
import { SysError } from '../../sys/errno.ts';
import type { Link, LinkAddress, LinkChange, Neighbour, NewVeth, PortChange, Route } from './netlink.ts';
import type { Forwarding, NewLink } from './new-link.ts';

/** Where a fake connection opens, and which namespace an open file names. */
export interface FakePlace {
  current(): string;
  pathOf(fd: number): string;
}

/** A link with what hangs on it. */
export interface FakeLink {
  link: Link;
  port: PortChange;
  peer?: FakeLink;
  namespace: string;
  /** Of a VXLAN: its number and port, which no other one here may have. */
  readonly tunnel?: string;
  /** What it was made on. */
  readonly parent?: FakeLink;
}

/** The network of one namespace. */
export interface Stack {
  readonly links: Map<string, FakeLink>;
  addresses: LinkAddress[];
  routes: Route[];
  neighbours: Neighbour[];
  forwardings: Forwarding[];
}

const loopback: Link = {
  index: 1,
  name: 'lo',
  kind: '',
  macAddress: '00:00:00:00:00:00',
  mtu: 65_536,
  up: false,
};
/** What is said of a link that is not there. */
export const absent = (what: string): EngineError => new EngineError('not-found', `${what}: ENODEV`);

/** The links of all namespaces, as the fake keeps them. */
export class FakeKernel {
  readonly #stacks = new Map<string, Stack>();
  #index = 2;
  open = 0;
  /** Kinds of links that it does not have. */
  readonly lacks: ReadonlySet<string>;

  constructor(lacks: readonly string[]) {
    this.lacks = new Set(lacks);
  }

  stack(namespace: string): Stack {
    const known = this.#stacks.get(namespace);
    if (known) return known;
    const fresh: Stack = { links: new Map(), addresses: [], routes: [], neighbours: [], forwardings: [] };
    fresh.links.set('lo', { link: loopback, port: {}, namespace });
    this.#stacks.set(namespace, fresh);
    return fresh;
  }

  add(
    namespace: string,
    link: Omit<Link, 'index'>,
    more: Pick<FakeLink, 'parent' | 'tunnel'> = {},
  ): FakeLink {
    const { links } = this.stack(namespace);
    const same = more.tunnel !== undefined && [...links.values()].some((one) => one.tunnel === more.tunnel);
    if (same || links.has(link.name)) throw new EngineError('conflict', `create ${link.name}: EEXIST`);
    const numbered = { ...link, index: this.#index++ };
    const added: FakeLink = { link: numbered, port: {}, namespace, ...more };
    links.set(link.name, added);
    return added;
  }

  childrenOf(parent: FakeLink): readonly FakeLink[] {
    const all = [...this.#stacks.values()].flatMap(({ links }) => [...links.values()]);
    return all.filter((one) => one.parent === parent);
  }

  remove(gone: FakeLink): void {
    const { link, namespace, peer } = gone;
    const stack = this.stack(namespace);
    if (!stack.links.delete(link.name)) return;
    stack.addresses = stack.addresses.filter(({ index }) => index !== link.index);
    stack.routes = stack.routes.filter(({ index }) => index !== link.index);
    stack.neighbours = stack.neighbours.filter(({ index }) => index !== link.index);
    stack.forwardings = stack.forwardings.filter(({ index }) => index !== link.index);
    if (peer) this.remove(peer);
    for (const child of this.childrenOf(gone)) this.remove(child);
  }

  drop(namespace: string): void {
    for (const link of this.stack(namespace).links.values()) this.remove(link);
    this.#stacks.delete(namespace);
  }
}

/** Both ends. @throws conflict */
export const createVeth = (kernel: FakeKernel, here: string, place: FakePlace, veth: NewVeth): void => {
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

const checkParent = (kernel: FakeKernel, parent: FakeLink, { kind, ...link }: NewLink): void => {
  const kinds = new Set(kernel.childrenOf(parent).map((child) => child.link.kind));
  kinds.delete('vlan');
  if (parent.link.name === 'lo' || ('mode' in link && link.mode === 'passthru' && kinds.size > 0))
    throw new EngineError('invalid-argument', `create ${link.name}: EINVAL`);
  if (kind !== 'vlan' && kinds.size > 0 && !kinds.has(kind))
    throw new EngineError('conflict', `create ${link.name}: EBUSY`);
};

/** As the kernel does it. @throws what it throws */
export const createLink = (kernel: FakeKernel, here: string, place: FakePlace, link: NewLink): void => {
  if (kernel.lacks.has(link.kind)) {
    const cause = new SysError(constants.errno.EOPNOTSUPP, `create ${link.kind}`, link.name);
    throw new EngineError('not-implemented', cause.message, { cause });
  }
  const parent =
    'parent' in link
      ? [...kernel.stack(here).links.values()].find((one) => one.link.index === link.parent)
      : undefined;
  if ('parent' in link && !parent) throw absent(`link ${link.parent}`);
  if (parent) checkParent(kernel, parent, link);
  const there = 'namespace' in link && link.namespace !== undefined ? place.pathOf(link.namespace) : here;
  const made = {
    name: link.name,
    kind: link.kind,
    mtu: link.mtu ?? parent?.link.mtu ?? 1500,
    macAddress: ('macAddress' in link ? link.macAddress : undefined) ?? '02:00:00:00:00:03',
    up: false,
    ...('master' in link && link.master !== undefined ? { master: link.master } : {}),
  };
  const tunnel = link.kind === 'vxlan' ? { tunnel: `${link.id} ${link.port}` } : {};
  kernel.add(there, made, { ...tunnel, ...(parent ? { parent } : {}) });
};

/** All but its move. */
export const changeLink = (stack: Stack, found: FakeLink, { master, ...change }: LinkChange): void => {
  const { master: before, ...rest } = found.link;
  const after = master ?? before ?? 0;
  stack.links.delete(found.link.name);
  found.link = { ...rest, ...change, ...(after === 0 ? {} : { master: after }) };
  stack.links.set(found.link.name, found);
};

/** To another namespace. @throws conflict */
export const moveLink = (
  kernel: FakeKernel,
  found: FakeLink,
  there: string,
  name = found.link.name,
): void => {
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
