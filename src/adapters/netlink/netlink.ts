// SPDX-License-Identifier: Apache-2.0
import type { Ip, IpPrefix } from '../../spec/ip.ts';
import type { Forwarding, NewLink } from './new-link.ts';

/** A network interface as the kernel tells it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** `bridge`, `veth` …; empty for plain devices such as `lo`. */
  readonly kind: string;
  /** `aa:bb:cc:dd:ee:ff`; empty where the device has none. */
  readonly macAddress: string;
  /** Bytes. */
  readonly mtu: number;
  readonly up: boolean;
  /** Index of the bridge that this is a port of; absent for none. */
  readonly master?: number;
}

/** An address of an interface. */
export interface LinkAddress {
  readonly index: number;
  readonly address: IpPrefix;
}

/**
 * A way to `destination`, or the default one when that is absent or without bits (as it is given where no gateway tells the
 * family): by a gateway, an interface or both.
 */
export interface Route {
  readonly destination?: IpPrefix;
  readonly gateway?: Ip;
  readonly index?: number;
}

/** Who answers to `address` on an interface. */
export interface Neighbour {
  readonly index: number;
  readonly address: Ip;
  readonly macAddress: string;
  /** Never asked for again. */
  readonly permanent?: boolean;
}

export interface NewBridge {
  readonly name: string;
  /** Bytes; absent: the kernel's own 1500. */
  readonly mtu?: number;
}

/** A pair of interfaces, a cable between two namespaces: this end is up, the other one down and already in its namespace. */
export interface NewVeth {
  readonly name: string;
  /** Bytes, of both ends. */
  readonly mtu: number;
  /** Index of the bridge that this end becomes a port of. */
  readonly master?: number;
  readonly peer: {
    readonly name: string;
    readonly macAddress: string;
    /** An open file of the namespace; absent for this one. */
    readonly namespace?: number;
  };
}

/** What to change of an interface; what is absent stays. */
export interface LinkChange {
  readonly up?: boolean;
  /** Only of an interface that is down. */
  readonly name?: string;
  readonly mtu?: number;
  readonly macAddress?: string;
  /** Index of a bridge; 0 takes it out of its bridge. */
  readonly master?: number;
  /** An open file of the namespace that it moves to, under `name` if that is given; it loses its addresses and goes down. */
  readonly namespace?: number;
}

/** What to change of a bridge's port; what is absent stays. */
export interface PortChange {
  /** May a frame leave by the port it came in by. */
  readonly hairpin?: boolean;
  /** Isolated ports reach the bridge itself and ports that are not isolated, never each other. */
  readonly isolated?: boolean;
  /** A disabled port forwards and learns nothing; takes effect at once, unlike the removal of its interface. */
  readonly forwarding?: boolean;
}

/**
 * A connection to one network namespace. Synchronous: each call takes 10–100 µs, except the removal of a veth, which
 * waits 10–20 ms for other processors.
 * @throws what the kernel refuses: conflict (EEXIST, EBUSY), not-found (ENODEV), invalid-argument, forbidden, internal
 */
export interface NetlinkConnection extends Disposable {
  links(): readonly Link[];
  link(name: string): Link | undefined;
  /** @throws conflict when the name is taken */
  createBridge(bridge: NewBridge): void;
  /** @throws conflict when a name is taken on either side */
  createVeth(veth: NewVeth): void;
  /**
   * Makes a link of another kind; it is down. A vlan goes with its parent, and so do macvlan and ipvlan.
   * @throws conflict when the name is taken, or the parent serves another kind; not-implemented when the kernel has no such kind; not-found for a parent that is gone; invalid-argument
   */
  createLink(link: NewLink): void;
  changeLink(index: number, change: LinkChange): void;
  /** @throws not-found when there is no such link; another kind when it is in no bridge, or is to pass nothing (or all) and is down */
  changePort(name: string, change: PortChange): void;
  /** What is not there is no error. */
  deleteLink(name: string): void;
  addresses(): readonly LinkAddress[];
  /** An address that the interface has already is no error. */
  addAddress(index: number, address: IpPrefix): void;
  /** What is not there is no error. */
  deleteAddress(index: number, address: IpPrefix): void;
  /** The unicast routes of the main table. */
  routes(): readonly Route[];
  /** A route that is there already is no error. */
  addRoute(route: Route): void;
  /** What is not there is no error. */
  deleteRoute(route: Route): void;
  /** Neighbours whose MAC address is known. */
  neighbours(): readonly Neighbour[];
  /** Makes an entry or replaces it, as if the neighbour had just answered: the kernel verifies it in its time. */
  setNeighbour(neighbour: Neighbour): void;
  /** What is not there is no error. */
  deleteNeighbour(index: number, address: Ip): void;
  /** Where VXLAN links were told to send; what they learnt is left out. */
  forwardings(): readonly Forwarding[];
  /** Adds a host to those that the address of zeros stands for, or has one host stand for another address. */
  addForwarding(forwarding: Forwarding): void;
  /** What is not there is no error. */
  deleteForwarding(forwarding: Forwarding): void;
}

/**
 * Takes links of one namespace away while the thread does other things: the kernel waits 15–40 ms for other processors, and
 * lets others at the namespace's links for most of that time.
 */
export interface LinkRemover extends AsyncDisposable {
  /** Resolves when it is gone for good; what is not there is no error. */
  remove(name: string): Promise<void>;
  /** Resolves when nobody sees it any more, which for veths is at once. Then the kernel waits, and nobody with it. */
  takeOff(name: string): Promise<void>;
}

export interface Netlink {
  /** Opens a connection to the namespace that the thread is in now; it stays there. */
  connect(): NetlinkConnection;
  /** The same, for the removal of links alone. Disposal waits for what it has begun. */
  openRemover(): LinkRemover;
  /**
   * Makes connection tracking forget the udp flows that lead to `to`, or to some of its ports, in the namespace that the
   * thread is in: the next datagram of such a client is looked at anew. Gives how many there were.
   */
  forgetFlows(to: Ip, ports?: readonly [first: number, last: number]): number;
}
