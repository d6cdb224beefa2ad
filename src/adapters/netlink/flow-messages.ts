// SPDX-License-Identifier: Apache-2.0
import { type Ip, ipBytes } from '../../spec/ip.ts';
import { NLM, attribute, byte, parseAttributes, request } from './message.ts';

/** Of `<linux/netfilter/nfnetlink.h>` and `nfnetlink_conntrack.h`: the subsystem in the high byte, what to do in the low one. */
const CTNETLINK = 1 << 8;
const GET = CTNETLINK | 1;
const DELETE = CTNETLINK | 2;
const CTA = { tupleOriginal: 1, tupleReply: 2, filter: 25 } as const;
const CTA_TUPLE = { ip: 1, protocol: 2 } as const;
const CTA_IP_SOURCE = { 4: 1, 6: 3 } as const;
const CTA_PROTOCOL = { number: 1, sourcePort: 2 } as const;
const CTA_FILTER_REPLY_FLAGS = 2;
/** Which parts of the given tuple count: its source address and its protocol. */
const FILTER_SOURCE_AND_PROTOCOL = (1 << 0) | (1 << 3);
/** Marks an attribute as nested, where the kernel insists (`<linux/netlink.h>`). */
const NESTED = 0x8000;
/** Of `<bits/socket.h>`. */
const FAMILIES = { 4: 2, 6: 10 } as const;
const IPPROTO_UDP = 17;

/** `struct nfgenmsg`: family, version, resource id. */
const header = ({ family }: Ip): Buffer => Buffer.from([FAMILIES[family], 0, 0, 0]);

/** Asks for the udp flows whose answers come from `to`: those that were sent there, by whatever name. */
export const dumpFlows = (to: Ip): Buffer =>
  request(GET, NLM.dump, header(to), [
    attribute(CTA.tupleReply | NESTED, [
      attribute(CTA_TUPLE.ip | NESTED, [attribute(CTA_IP_SOURCE[to.family], ipBytes(to))]),
      attribute(CTA_TUPLE.protocol | NESTED, [attribute(CTA_PROTOCOL.number, byte(IPPROTO_UDP))]),
    ]),
    attribute(CTA.filter | NESTED, [attribute(CTA_FILTER_REPLY_FLAGS, FILTER_SOURCE_AND_PROTOCOL)]),
  ]);

/** The port from which the answers of a flow come that the body of an answer to `dumpFlows` tells of. */
export const flowPort = (body: Buffer): number | undefined => {
  const reply = parseAttributes(body.subarray(4)).get(CTA.tupleReply);
  const protocol = reply && parseAttributes(reply).get(CTA_TUPLE.protocol);
  return protocol && parseAttributes(protocol).get(CTA_PROTOCOL.sourcePort)?.readUInt16BE();
};

/** Forgets the flow to `to` that the body of an answer to `dumpFlows` tells of; `undefined` when it tells of none. */
export const deleteFlow = (to: Ip, body: Buffer): Buffer | undefined => {
  const tuple = parseAttributes(body.subarray(4)).get(CTA.tupleOriginal);
  return tuple && request(DELETE, 0, header(to), [attribute(CTA.tupleOriginal | NESTED, tuple)]);
};
