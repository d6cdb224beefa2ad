// SPDX-License-Identifier: Apache-2.0
import type { Ip } from '../../spec/ip.ts';

/** How links on one parent see each other: by the parent's switch, not at all, by the switch outside, or there is one alone. */
export type MacvlanMode = 'bridge' | 'private' | 'vepa' | 'passthru';
/** Which packets an ipvlan link has a hand in, and whether they pass the parent's packet filter (`l3s`). */
export type IpvlanMode = 'l2' | 'l3' | 'l3s';
export type IpvlanFlag = 'bridge' | 'private' | 'vepa';

interface Named {
  readonly name: string;
  /** Bytes; absent: the kernel's choice, its parent's where it has one. */
  readonly mtu?: number;
}

interface OnParent extends Named {
  /** Index of the link that it sends and receives by, in the namespace of the connection. */
  readonly parent: number;
  /** An open file of the namespace that it is made in; absent: this one. */
  readonly namespace?: number;
}

/** A link with a MAC address of its own on a parent. */
export interface NewMacvlan extends OnParent {
  readonly kind: 'macvlan';
  readonly mode: MacvlanMode;
  /** Absent: a random one; `passthru` always begins with its parent's. */
  readonly macAddress?: string;
}

/** A link on a parent whose MAC address it shares. */
export interface NewIpvlan extends OnParent {
  readonly kind: 'ipvlan';
  readonly mode: IpvlanMode;
  readonly flag: IpvlanFlag;
}

/** What of a parent's traffic is tagged with `id` (1 to 4094). */
export interface NewVlan extends OnParent {
  readonly kind: 'vlan';
  readonly id: number;
}

/** A link that swallows all that is sent by it. */
export interface NewDummy extends Named {
  readonly kind: 'dummy';
}

/** Carries frames to other hosts in udp (RFC 7348). It learns who is where from what it receives. */
export interface NewVxlan extends Named {
  readonly kind: 'vxlan';
  /** The network's number, 24 bits. */
  readonly id: number;
  /** Udp port, here and there. */
  readonly port: number;
  /** Address that it sends from: its family is that of all hosts. `0.0.0.0` and `::` leave the rest to the routes. */
  readonly local: Ip;
  /** Index of the bridge that it becomes a port of. */
  readonly master?: number;
}

export type NewLink = NewMacvlan | NewIpvlan | NewVlan | NewDummy | NewVxlan;

/** Where a VXLAN link sends what is for a MAC address; one address of zeros stands for all that are not known. */
export interface Forwarding {
  /** Of the VXLAN link. */
  readonly index: number;
  readonly macAddress: string;
  /** The host. */
  readonly to: Ip;
}
