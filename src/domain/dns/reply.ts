// SPDX-License-Identifier: Apache-2.0
import type { DnsTransport } from '../../adapters/dns-sockets/index.ts';
import { cutMessage } from '../../spec/dns/cut.ts';
import { HEADER_LENGTH, decodeHeader } from '../../spec/dns/decode.ts';
import { encodeMessage } from '../../spec/dns/encode.ts';
import {
  type DnsHeader,
  type DnsMessage,
  type DnsRecord,
  LONGEST_MESSAGE,
  PLAIN_HEADER,
  RCODE,
  TYPE,
  datagramSize,
  ednsRecord,
} from '../../spec/dns/message.ts';
import type { MadeReply } from './known-replies.ts';

/** What the engine says of itself in a datagram, unless the client takes less: it fits in one packet on every link. */
const OWN_DATAGRAM = 1232;

/** The header of a reply to `query`. It is not authoritative: the engine answers as a resolver does. */
const replyHeader = (query: DnsHeader, rcode: number): DnsHeader => ({
  ...PLAIN_HEADER,
  id: query.id,
  response: true,
  opcode: query.opcode,
  recursionDesired: query.recursionDesired,
  recursionAvailable: true,
  checkingDisabled: query.checkingDisabled,
  rcode,
});

const sizeFor = (query: DnsMessage, transport: DnsTransport): number =>
  transport === 'tcp' ? LONGEST_MESSAGE : datagramSize(query);

/** The engine's own reply, no longer than the client takes. */
export const replyTo = (
  query: DnsMessage,
  transport: DnsTransport,
  rcode: number = RCODE.noError,
  answers: readonly DnsRecord[] = [],
): Buffer => {
  const asksForEdns = query.additionals.some(({ type }) => type === TYPE.opt);
  const reply: DnsMessage = {
    header: replyHeader(query.header, rcode),
    questions: query.questions,
    answers,
    authorities: [],
    // RFC 6891, 6.1.1: who says OPT is told OPT.
    additionals: asksForEdns ? [ednsRecord(OWN_DATAGRAM)] : [],
  };
  return encodeMessage(reply, sizeFor(query, transport));
};

/** Octets of an OPT record without options, and of a record's head that names by a pointer. */
const OPTION_LENGTH = 11;
const RECORD_HEAD = 12;

/** `reply`, made by `replyTo`, with what is known of the places of its answers. */
export const answersIn = (bytes: Buffer, query: DnsMessage, answers: readonly DnsRecord[]): MadeReply => {
  const [first] = answers;
  const truncated = (bytes.readUInt16BE(2) & 0x0200) !== 0;
  if (first?.data.kind !== 'address' || answers.length < 2 || first.name === '' || truncated)
    return { bytes };
  const length = RECORD_HEAD + (first.data.address.family === 4 ? 4 : 16);
  const behind = query.additionals.some(({ type }) => type === TYPE.opt) ? OPTION_LENGTH : 0;
  const count = answers.length;
  return { bytes, answers: { start: bytes.length - behind - count * length, length, count } };
};

/** The reply to what cannot be read, or is no question: its header alone. `undefined` for what must not be replied to. */
export const replyToUnreadable = (bytes: Uint8Array): Buffer | undefined => {
  const header = decodeHeader(bytes);
  if (!header || header.response) return undefined;
  const rcode = header.opcode === 0 ? RCODE.formatError : RCODE.notImplemented;
  const reply = { header: replyHeader(header, rcode), questions: [], answers: [], authorities: [] };
  return encodeMessage({ ...reply, additionals: [] });
};

/** The OPT record alone that goes with what is cut. */
const OPTION = encodeMessage({
  header: PLAIN_HEADER,
  questions: [],
  answers: [],
  authorities: [],
  additionals: [ednsRecord(OWN_DATAGRAM)],
}).subarray(HEADER_LENGTH);

/**
 * `reply` of a server as the client gets it: under the client's number, with as many answers as it takes. Some clients
 * know no connections: they are better off with a few.
 */
export const passOn = (query: DnsMessage, transport: DnsTransport, reply: Buffer): Buffer => {
  const limit = sizeFor(query, transport);
  const asksForEdns = query.additionals.some(({ type }) => type === TYPE.opt);
  const told =
    reply.length <= limit ? Buffer.from(reply) : cutMessage(reply, limit, asksForEdns ? OPTION : undefined);
  told.writeUInt16BE(query.header.id, 0);
  return told;
};
