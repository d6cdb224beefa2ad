// SPDX-License-Identifier: Apache-2.0

/** Types of rtnetlink messages, of `<linux/rtnetlink.h>`. */
export const RTM = {
  newLink: 16,
  delLink: 17,
  getLink: 18,
  setLink: 19,
  newAddress: 20,
  delAddress: 21,
  getAddress: 22,
  newRoute: 24,
  delRoute: 25,
  getRoute: 26,
  newNeighbour: 28,
  delNeighbour: 29,
  getNeighbour: 30,
} as const;

/** Flags of a request, of `<linux/netlink.h>`. */
export const NLM = {
  request: 0x1,
  acknowledge: 0x4,
  replace: 0x100,
  exclusive: 0x200,
  dump: 0x300,
  create: 0x400,
  append: 0x800,
} as const;

/** Types of netlink's own messages, and flags of an error answer. */
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const NLMSGERR_ATTR_MSG = 1;

/** Length of `struct nlmsghdr`: length, type, flags, sequence, port. */
const HEADER = 16;
const align = (length: number): number => (length + 3) & ~3;

/** What an attribute carries: bytes, a 32-bit number, a text (sent with a final zero) or nested attributes. */
export type AttributeValue = Uint8Array | number | string | readonly Uint8Array[];

const bytesOf = (value: AttributeValue): Uint8Array => {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(`${value}\0`);
  if (typeof value !== 'number') return Buffer.concat(value);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** One attribute (`struct nlattr`): 16 bits of length, 16 of type, the value, padded to four bytes. */
export const attribute = (type: number, value: AttributeValue): Buffer => {
  const payload = bytesOf(value);
  const bytes = Buffer.alloc(align(payload.length + 4));
  bytes.writeUInt16LE(payload.length + 4, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.set(payload, 4);
  return bytes;
};

/** A number of one byte, for attributes of that size. */
export const byte = (value: number): Uint8Array => Uint8Array.of(value);

/** One request: header, the fixed structure of its type, attributes. `flags` come beside those that every request has. */
export const request = (
  type: number,
  flags: number,
  fixed: Uint8Array,
  attributes: readonly Uint8Array[] = [],
): Buffer => {
  const body = Buffer.concat([fixed, ...attributes]);
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(HEADER + body.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(NLM.request | NLM.acknowledge | flags, 6);
  return Buffer.concat([header, body]);
};

/** Writes the number by which answers name their request. */
export const setSequence = (message: Buffer, sequence: number): void => {
  message.writeUInt32LE(sequence, 8);
};

/** Attributes by type; the last one wins where a type repeats. The high bits that mark nesting and byte order are cleared. */
export const parseAttributes = (bytes: Buffer): ReadonlyMap<number, Buffer> => {
  const found = new Map<number, Buffer>();
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt16LE(at);
    if (length < 4) break;
    found.set(bytes.readUInt16LE(at + 2) & 0x3fff, bytes.subarray(at + 4, at + length));
    at += align(length);
  }
  return found;
};

/** The text of an attribute, without its final zero. */
export const textOf = (value: Buffer | undefined): string =>
  value?.toString('utf8').replace(/\0+$/, '') ?? '';

/** A message from the kernel: data, or the end of an answer with the errno (positive, 0 for success) and the kernel's words, if any. */
export type Answer =
  | { readonly end: false; readonly sequence: number; readonly body: Buffer }
  | { readonly end: true; readonly sequence: number; readonly errno: number; readonly words: string };

/** The kernel's words lie behind the errno and the request's header (or the whole request, when it was not cut off). */
const wordsOf = (message: Buffer, flags: number): string => {
  if ((flags & NLM_F_ACK_TLVS) === 0) return '';
  const echoed = (flags & NLM_F_CAPPED) === 0 ? message.readUInt32LE(HEADER + 4) : HEADER;
  return textOf(parseAttributes(message.subarray(HEADER + 4 + align(echoed))).get(NLMSGERR_ATTR_MSG));
};

const parseAnswer = (message: Buffer): Answer => {
  const type = message.readUInt16LE(4);
  const flags = message.readUInt16LE(6);
  const sequence = message.readUInt32LE(8);
  if (type === NLMSG_ERROR)
    return { end: true, sequence, errno: -message.readInt32LE(HEADER), words: wordsOf(message, flags) };
  if (type === NLMSG_DONE) {
    const errno = message.length >= HEADER + 4 ? -message.readInt32LE(HEADER) : 0;
    return { end: true, sequence, errno, words: '' };
  }
  return { end: false, sequence, body: Buffer.from(message.subarray(HEADER)) };
};

/** The messages of one datagram. */
export const parseAnswers = (datagram: Buffer): readonly Answer[] => {
  const answers: Answer[] = [];
  let at = 0;
  while (at + HEADER <= datagram.length) {
    const length = datagram.readUInt32LE(at);
    if (length < HEADER) break;
    answers.push(parseAnswer(datagram.subarray(at, at + length)));
    at += align(length);
  }
  return answers;
};
