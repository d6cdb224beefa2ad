// SPDX-License-Identifier: Apache-2.0
import { ipBytes, ipFromBytes } from '../../spec/ip.ts';
import { NLM, RTM, attribute, parseAttributes, request } from './message.ts';
import type { Forwarding } from './new-link.ts';

/** The family of frames, of `<bits/socket.h>`. */
const AF_BRIDGE = 7;
/** `<linux/neighbour.h>`: attributes; the state of what nobody needs to verify and what does not age; the link's own table. */
const NDA = { destination: 1, linkAddress: 2 } as const;
const NUD_PERMANENT_NOARP = 0x80 | 0x40;
const NTF_SELF = 0x02;
/** Length of `struct ndmsg`: family, padding, index, state, flags, type. */
const HEADER = 12;

const header = (index: number, state: number): Buffer => {
  const bytes = Buffer.alloc(HEADER);
  bytes[0] = AF_BRIDGE;
  bytes.writeInt32LE(index, 4);
  bytes.writeUInt16LE(state, 8);
  bytes[10] = NTF_SELF;
  return bytes;
};

const attributesOf = ({ macAddress, to }: Forwarding): Buffer[] => [
  attribute(NDA.linkAddress, Buffer.from(macAddress.replaceAll(':', ''), 'hex')),
  attribute(NDA.destination, ipBytes(to)),
];

export const dumpForwardings = (): Buffer => {
  const empty = Buffer.alloc(HEADER);
  empty[0] = AF_BRIDGE;
  return request(RTM.getNeighbour, NLM.dump, empty);
};

/** Many hosts may stand for the address of zeros: the message adds one to them. */
export const newForwarding = (forwarding: Forwarding): Buffer => {
  const many = /^[0:]+$/.test(forwarding.macAddress);
  return request(
    RTM.newNeighbour,
    NLM.create | (many ? NLM.append : NLM.replace),
    header(forwarding.index, NUD_PERMANENT_NOARP),
    attributesOf(forwarding),
  );
};

export const deleteForwarding = (forwarding: Forwarding): Buffer =>
  request(RTM.delNeighbour, 0, header(forwarding.index, 0), attributesOf(forwarding));

/** What the body of an RTM_NEWNEIGH message tells; `undefined` for what leads to no host, and for what was learnt. */
export const parseForwarding = (body: Buffer): Forwarding | undefined => {
  const attributes = parseAttributes(body.subarray(HEADER));
  const to = attributes.get(NDA.destination);
  const mac = attributes.get(NDA.linkAddress);
  if (!to || !mac || (body.readUInt16LE(8) & NUD_PERMANENT_NOARP) !== NUD_PERMANENT_NOARP) return undefined;
  return {
    index: body.readInt32LE(4),
    macAddress: mac.toString('hex').replace(/(..)(?=.)/g, '$1:'),
    to: ipFromBytes(to),
  };
};
