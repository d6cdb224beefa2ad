// SPDX-License-Identifier: Apache-2.0
import { type Ip, type IpPrefix, ipBytes, ipFromBytes, lastOf } from '../../spec/ip.ts';
import type { LinkAddress, Neighbour, Route } from './netlink.ts';
import { NLM, RTM, attribute, parseAttributes, request } from './message.ts';

/** `<linux/if_addr.h>`; IFA_F_NODAD: usable at once, without the second that IPv6 takes to look for duplicates. */
const IFA = { address: 1, local: 2, broadcast: 4 } as const;
const IFA_F_NODAD = 0x02;
/** `<linux/rtnetlink.h>`. */
const RTA = { destination: 1, oif: 4, gateway: 5 } as const;
const RT_TABLE_MAIN = 254;
const RTPROT_STATIC = 4;
const RTN_UNICAST = 1;
const RT_SCOPE = { universe: 0, link: 253 } as const;
/** `<linux/neighbour.h>`. */
const NDA = { destination: 1, linkAddress: 2 } as const;
const NUD_REACHABLE = 0x02;
const NUD_PERMANENT = 0x80;

/** Address families, of `<bits/socket.h>`. */
const familyOf = (family: 4 | 6): number => (family === 4 ? 2 : 10);

/** `struct ifaddrmsg`: family, prefix length, flags, scope, index. */
const addressHeader = (family: number, length: number, flags: number, index: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.set([family, length, flags, 0]);
  bytes.writeUInt32LE(index, 4);
  return bytes;
};

const addressAttributes = (address: IpPrefix): Buffer[] => [
  attribute(IFA.local, ipBytes(address)),
  attribute(IFA.address, ipBytes(address)),
];

export const dumpAddresses = (): Buffer => request(RTM.getAddress, NLM.dump, addressHeader(0, 0, 0, 0));

export const newAddress = (index: number, address: IpPrefix): Buffer => {
  const flags = address.family === 6 ? IFA_F_NODAD : 0;
  const header = addressHeader(familyOf(address.family), address.length, flags, index);
  const broadcast = address.family === 4 ? [attribute(IFA.broadcast, ipBytes(lastOf(address)))] : [];
  return request(RTM.newAddress, NLM.create | NLM.exclusive, header, [
    ...addressAttributes(address),
    ...broadcast,
  ]);
};

export const deleteAddress = (index: number, address: IpPrefix): Buffer =>
  request(
    RTM.delAddress,
    0,
    addressHeader(familyOf(address.family), address.length, 0, index),
    addressAttributes(address),
  );

/** An address out of the body of an RTM_NEWADDR message; IPv6 tells its own as `address`, IPv4 as `local`. */
export const parseAddress = (body: Buffer): LinkAddress | undefined => {
  const attributes = parseAttributes(body.subarray(8));
  const bytes = attributes.get(IFA.local) ?? attributes.get(IFA.address);
  if (!bytes) return undefined;
  return { index: body.readUInt32LE(4), address: { ...ipFromBytes(bytes), length: body.readUInt8(1) } };
};

/** `struct rtmsg`: family, lengths of destination and source, tos, table, protocol, scope, type, flags. */
const routeHeader = (family: number, length: number, scope: number): Buffer =>
  Buffer.from([family, length, 0, 0, RT_TABLE_MAIN, RTPROT_STATIC, scope, RTN_UNICAST, 0, 0, 0, 0]);

const routeMessage = (type: number, flags: number, route: Route): Buffer => {
  const family = familyOf((route.gateway ?? route.destination)?.family ?? 4);
  const scope = route.gateway ? RT_SCOPE.universe : RT_SCOPE.link;
  return request(type, flags, routeHeader(family, route.destination?.length ?? 0, scope), [
    ...(route.destination ? [attribute(RTA.destination, ipBytes(route.destination))] : []),
    ...(route.gateway ? [attribute(RTA.gateway, ipBytes(route.gateway))] : []),
    ...(route.index === undefined ? [] : [attribute(RTA.oif, route.index)]),
  ]);
};

/** An empty header: with strict checking the kernel reads what is set in it as a filter. */
export const dumpRoutes = (): Buffer => request(RTM.getRoute, NLM.dump, Buffer.alloc(12));
export const newRoute = (route: Route): Buffer =>
  routeMessage(RTM.newRoute, NLM.create | NLM.exclusive, route);
export const deleteRoute = (route: Route): Buffer => routeMessage(RTM.delRoute, 0, route);

/** A route out of the body of an RTM_NEWROUTE message; `undefined` for what is not a unicast route of the main table. */
export const parseRoute = (body: Buffer): Route | undefined => {
  if (body.readUInt8(4) !== RT_TABLE_MAIN || body.readUInt8(7) !== RTN_UNICAST) return undefined;
  const attributes = parseAttributes(body.subarray(12));
  const destination = attributes.get(RTA.destination);
  const gateway = attributes.get(RTA.gateway);
  const index = attributes.get(RTA.oif)?.readUInt32LE(0);
  return {
    ...(destination ? { destination: { ...ipFromBytes(destination), length: body.readUInt8(1) } } : {}),
    ...(gateway ? { gateway: ipFromBytes(gateway) } : {}),
    ...(index === undefined ? {} : { index }),
  };
};

/** `struct ndmsg`: family, padding, index, state, flags, type. */
const neighbourHeader = (family: number, index: number, state: number): Buffer => {
  const bytes = Buffer.alloc(12);
  bytes[0] = family;
  bytes.writeInt32LE(index, 4);
  bytes.writeUInt16LE(state, 8);
  return bytes;
};

export const dumpNeighbours = (): Buffer => request(RTM.getNeighbour, NLM.dump, neighbourHeader(0, 0, 0));

export const setNeighbour = ({ index, address, macAddress, permanent }: Neighbour): Buffer =>
  request(
    RTM.newNeighbour,
    NLM.create | NLM.replace,
    neighbourHeader(familyOf(address.family), index, permanent === true ? NUD_PERMANENT : NUD_REACHABLE),
    [
      attribute(NDA.destination, ipBytes(address)),
      attribute(NDA.linkAddress, Buffer.from(macAddress.replaceAll(':', ''), 'hex')),
    ],
  );

export const deleteNeighbour = (index: number, address: Ip): Buffer =>
  request(RTM.delNeighbour, 0, neighbourHeader(familyOf(address.family), index, 0), [
    attribute(NDA.destination, ipBytes(address)),
  ]);

/** A neighbour out of the body of an RTM_NEWNEIGH message; `undefined` while its MAC address is not known. */
export const parseNeighbour = (body: Buffer): Neighbour | undefined => {
  const attributes = parseAttributes(body.subarray(12));
  const destination = attributes.get(NDA.destination);
  const mac = attributes.get(NDA.linkAddress);
  if (!destination || !mac) return undefined;
  return {
    index: body.readInt32LE(4),
    address: ipFromBytes(destination),
    macAddress: mac.toString('hex').replace(/(..)(?=.)/g, '$1:'),
  };
};
