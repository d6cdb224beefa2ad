// SPDX-License-Identifier: Apache-2.0
import type { Link, LinkChange, NewBridge, NewVeth, PortChange } from './netlink.ts';
import { NLM, RTM, attribute, byte, parseAttributes, request, textOf } from './message.ts';

/** Attributes of a link, of `<linux/if_link.h>`. */
const IFLA = {
  address: 1,
  name: 3,
  mtu: 4,
  master: 10,
  linkInfo: 18,
  namespaceFd: 28,
  extent: 29,
} as const;
/** `RTEXT_FILTER_SKIP_STATS` of `<linux/rtnetlink.h>`: counters are most of what a link tells, and nobody here reads them. */
const SKIP_STATISTICS = 1 << 3;
const IFLA_INFO = { kind: 1, data: 2, portKind: 4, portData: 5 } as const;
const IFLA_BRPORT = { state: 1, hairpin: 4, isolated: 33 } as const;
const VETH_INFO_PEER = 1;
/** States of a bridge's port, of `<linux/if_bridge.h>`. */
const BR_STATE = { listening: 1, forwarding: 3 } as const;
const IFF_UP = 1;

/** `struct ifinfomsg`: family, padding, type, index, flags, mask of the flags to change. */
const linkHeader = (index: number, up?: boolean): Buffer => {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(index, 4);
  if (up === undefined) return bytes;
  bytes.writeUInt32LE(up ? IFF_UP : 0, 8);
  bytes.writeUInt32LE(IFF_UP, 12);
  return bytes;
};

const macBytes = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex');
const macText = (bytes: Buffer | undefined): string =>
  bytes?.toString('hex').replace(/(..)(?=.)/g, '$1:') ?? '';

export const dumpLinks = (): Buffer =>
  request(RTM.getLink, NLM.dump, linkHeader(0), [attribute(IFLA.extent, SKIP_STATISTICS)]);

export const getLink = (name: string): Buffer =>
  request(RTM.getLink, 0, linkHeader(0), [
    attribute(IFLA.name, name),
    attribute(IFLA.extent, SKIP_STATISTICS),
  ]);

export const newBridge = ({ name, mtu }: NewBridge): Buffer =>
  request(RTM.newLink, NLM.create | NLM.exclusive, linkHeader(0), [
    attribute(IFLA.name, name),
    ...(mtu === undefined ? [] : [attribute(IFLA.mtu, mtu)]),
    attribute(IFLA.linkInfo, [attribute(IFLA_INFO.kind, 'bridge')]),
  ]);

/** One message makes both ends: ours up and in its bridge, the other one already where it belongs. */
export const newVeth = ({ name, mtu, master, peer }: NewVeth): Buffer => {
  const other = [
    linkHeader(0),
    attribute(IFLA.name, peer.name),
    attribute(IFLA.mtu, mtu),
    attribute(IFLA.address, macBytes(peer.macAddress)),
    ...(peer.namespace === undefined ? [] : [attribute(IFLA.namespaceFd, peer.namespace)]),
  ];
  return request(RTM.newLink, NLM.create | NLM.exclusive, linkHeader(0, true), [
    attribute(IFLA.name, name),
    attribute(IFLA.mtu, mtu),
    ...(master === undefined ? [] : [attribute(IFLA.master, master)]),
    attribute(IFLA.linkInfo, [
      attribute(IFLA_INFO.kind, 'veth'),
      attribute(IFLA_INFO.data, [attribute(VETH_INFO_PEER, other)]),
    ]),
  ]);
};

export const changeLink = (index: number, change: LinkChange): Buffer =>
  request(RTM.newLink, 0, linkHeader(index, change.up), [
    ...(change.namespace === undefined ? [] : [attribute(IFLA.namespaceFd, change.namespace)]),
    ...(change.name === undefined ? [] : [attribute(IFLA.name, change.name)]),
    ...(change.mtu === undefined ? [] : [attribute(IFLA.mtu, change.mtu)]),
    ...(change.master === undefined ? [] : [attribute(IFLA.master, change.master)]),
    ...(change.macAddress === undefined ? [] : [attribute(IFLA.address, macBytes(change.macAddress))]),
  ]);

const flag = (type: number, value: boolean | undefined): readonly Buffer[] =>
  value === undefined ? [] : [attribute(type, byte(value ? 1 : 0))];

export const changePort = (name: string, change: PortChange): Buffer => {
  // A listening port passes nothing. Disabled and blocking ones do not stay so without a spanning tree: the kernel enables
  // the former as it hears of the change of the link, and the latter as it looks at all ports.
  const state = change.forwarding === true ? BR_STATE.forwarding : BR_STATE.listening;
  return request(RTM.newLink, 0, linkHeader(0), [
    attribute(IFLA.name, name),
    attribute(IFLA.linkInfo, [
      attribute(IFLA_INFO.portKind, 'bridge'),
      attribute(IFLA_INFO.portData, [
        ...flag(IFLA_BRPORT.hairpin, change.hairpin),
        ...flag(IFLA_BRPORT.isolated, change.isolated),
        ...(change.forwarding === undefined ? [] : [attribute(IFLA_BRPORT.state, byte(state))]),
      ]),
    ]),
  ]);
};

export const deleteLink = (name: string): Buffer =>
  request(RTM.delLink, 0, linkHeader(0), [attribute(IFLA.name, name)]);

/** A link out of the body of an RTM_NEWLINK message. */
export const parseLink = (body: Buffer): Link => {
  const attributes = parseAttributes(body.subarray(16));
  const info = attributes.get(IFLA.linkInfo);
  const master = attributes.get(IFLA.master)?.readUInt32LE(0);
  return {
    index: body.readInt32LE(4),
    name: textOf(attributes.get(IFLA.name)),
    kind: info ? textOf(parseAttributes(info).get(IFLA_INFO.kind)) : '',
    macAddress: macText(attributes.get(IFLA.address)),
    mtu: attributes.get(IFLA.mtu)?.readUInt32LE(0) ?? 0,
    up: (body.readUInt32LE(8) & IFF_UP) !== 0,
    ...(master === undefined || master === 0 ? {} : { master }),
  };
};
