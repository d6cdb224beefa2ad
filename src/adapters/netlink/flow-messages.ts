// SPDX-License-Identifier: Apache-2.0
import { type Ip, ipBytes } from '../../spec/ip.ts';
import { NLM, attribute, byte, parseAttributes, request } from './message.ts';

/** Of `<linux/netfilter/nfnetlink.h>` and `nfnetlink_conntrack.h`: the subsystem in the high byte, what to do in the low one. */
const CTNETLINK = 1 << 8;
const GET = CTNETLINK | 1;
const DELETE = CTNETLINK | 2;
const CTA = { tupleOriginal: 1, tupleReply: 2, filter: 25 } as const;
const CTA_TUPLE = { ip: 1, protocol: 2 } as const;
const CTA_IP_V4_SOURCE = 1;
const CTA_PROTOCOL_NUMBER = 1;
const CTA_FILTER_REPLY_FLAGS = 2;
/** Which parts of the given tuple count: its source address and its protocol. */
const FILTER_SOURCE_AND_PROTOCOL = (1 << 0) | (1 << 3);
/** Marks an attribute as nested, where the kernel insists (`<linux/netlink.h>`). */
const NESTED = 0x8000;
const AF_INET = 2;
const IPPROTO_UDP = 17;

/** `struct nfgenmsg`: family, version, resource id. */
const header = (): Buffer => Buffer.from([AF_INET, 0, 0, 0]);

/** Asks for the udp flows whose answers come from `to`: those that were sent there, by whatever name. IPv4 only. */
export const dumpFlows = (to: Ip): Buffer =>
  request(GET, NLM.dump, header(), [
    attribute(CTA.tupleReply | NESTED, [
      attribute(CTA_TUPLE.ip | NESTED, [attribute(CTA_IP_V4_SOURCE, ipBytes(to))]),
      attribute(CTA_TUPLE.protocol | NESTED, [attribute(CTA_PROTOCOL_NUMBER, byte(IPPROTO_UDP))]),
    ]),
    attribute(CTA.filter | NESTED, [attribute(CTA_FILTER_REPLY_FLAGS, FILTER_SOURCE_AND_PROTOCOL)]),
  ]);

/** Forgets the flow that the body of an answer to `dumpFlows` tells of; `undefined` when it tells of none. */
export const deleteFlow = (body: Buffer): Buffer | undefined => {
  const tuple = parseAttributes(body.subarray(4)).get(CTA.tupleOriginal);
  return tuple && request(DELETE, 0, header(), [attribute(CTA.tupleOriginal | NESTED, tuple)]);
};
