// SPDX-License-Identifier: Apache-2.0
import { decodeMessage } from '../../spec/dns/decode.ts';
import { type DnsMessage, RCODE } from '../../spec/dns/message.ts';
import { foldName } from '../../spec/dns/name.ts';

/** Codes with which a server may leave the question out. */
const WITHOUT_QUESTION: ReadonlySet<number> = new Set([
  RCODE.formatError,
  RCODE.serverFailure,
  RCODE.notImplemented,
  RCODE.refused,
]);

/**
 * `bytes` when they are a reply to `query`, asked under `id`: well formed, the same number and the same question. What
 * somebody else made up is none.
 */
export const checkReply = (query: DnsMessage, id: number, bytes: Uint8Array): DnsMessage | undefined => {
  const reply = decodeMessage(bytes);
  if (!reply?.header.response || reply.header.id !== id || reply.header.opcode !== query.header.opcode)
    return undefined;
  const [question, ...more] = reply.questions;
  const asked = query.questions[0];
  if (!question) return WITHOUT_QUESTION.has(reply.header.rcode) ? reply : undefined;
  const same =
    question.type === asked?.type &&
    question.class === asked.class &&
    foldName(question.name) === foldName(asked.name);
  return same && more.length === 0 ? reply : undefined;
};

/** Whether another server may know better: this one has failed, or does not talk to us. */
export const isFailure = ({ header: { rcode } }: DnsMessage): boolean =>
  rcode === RCODE.serverFailure || rcode === RCODE.refused;
