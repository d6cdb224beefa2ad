// SPDX-License-Identifier: Apache-2.0
import { ipFromBytes } from '../ip.ts';
import {
  CLASS_INTERNET,
  type DnsData,
  type DnsHeader,
  type DnsMessage,
  type DnsQuestion,
  type DnsRecord,
  TYPE,
} from './message.ts';
import { readName } from './name.ts';

/** Octets of a header, RFC 1035, 4.1.1. */
export const HEADER_LENGTH = 12;

/** How many entries each section has, as the header says. */
export interface SectionCounts {
  readonly questions: number;
  readonly answers: number;
  readonly authorities: number;
  readonly additionals: number;
}

/** `undefined` when there is not a whole header. */
export const decodeHeader = (
  bytes: Uint8Array,
): (DnsHeader & { readonly counts: SectionCounts }) | undefined => {
  if (bytes.length < HEADER_LENGTH) return undefined;
  const uint16 = (at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const flags = uint16(2);
  return {
    id: uint16(0),
    response: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0xf,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    authenticData: (flags & 0x0020) !== 0,
    checkingDisabled: (flags & 0x0010) !== 0,
    rcode: flags & 0xf,
    counts: { questions: uint16(4), answers: uint16(6), authorities: uint16(8), additionals: uint16(10) },
  };
};

/** Reads entry after entry; what is malformed shows as `undefined`, and nothing is read after it. */
class Reader {
  readonly #bytes: Buffer;
  #at = HEADER_LENGTH;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** `count` entries; no more are ever made than octets are there. */
  section<Entry>(count: number, read: () => Entry | undefined): readonly Entry[] | undefined {
    const entries: Entry[] = [];
    for (let index = 0; index < count; index += 1) {
      const entry = read();
      if (entry === undefined) return undefined;
      entries.push(entry);
    }
    return entries;
  }

  readonly question = (): DnsQuestion | undefined => {
    const found = this.#name(4);
    if (!found) return undefined;
    const { name, at } = found;
    this.#at = at + 4;
    return { name, type: this.#bytes.readUInt16BE(at), class: this.#bytes.readUInt16BE(at + 2) };
  };

  readonly record = (): DnsRecord | undefined => {
    const found = this.#name(10);
    if (!found) return undefined;
    const { name, at } = found;
    const type = this.#bytes.readUInt16BE(at);
    const recordClass = this.#bytes.readUInt16BE(at + 2);
    const end = at + 10 + this.#bytes.readUInt16BE(at + 8);
    if (end > this.#bytes.length) return undefined;
    const data = this.#data(type, recordClass, at + 10, end);
    this.#at = end;
    return data && { name, type, class: recordClass, ttl: this.#bytes.readUInt32BE(at + 4), data };
  };

  /** The next name, and where what follows it begins, which has at least `more` octets. */
  #name(more: number): { readonly name: string; readonly at: number } | undefined {
    const read = readName(this.#bytes, this.#at);
    if (!read || read.end + more > this.#bytes.length) return undefined;
    return { name: read.name, at: read.end };
  }

  #data(type: number, recordClass: number, start: number, end: number): DnsData | undefined {
    const bytes = this.#bytes.subarray(start, end);
    if (type === TYPE.opt || recordClass !== CLASS_INTERNET) return { kind: 'raw', bytes };
    switch (type) {
      case TYPE.a:
      case TYPE.aaaa:
        if (bytes.length !== (type === TYPE.a ? 4 : 16)) return undefined;
        return { kind: 'address', address: ipFromBytes(bytes) };
      case TYPE.ns:
      case TYPE.cname:
      case TYPE.ptr: {
        const name = this.#nameUpTo(start, end);
        return name === undefined ? undefined : { kind: 'name', name };
      }
      case TYPE.srv:
        return this.#service(start, end);
      default:
        return { kind: 'raw', bytes };
    }
  }

  #service(start: number, end: number): DnsData | undefined {
    const target = end - start < 7 ? undefined : this.#nameUpTo(start + 6, end);
    if (target === undefined) return undefined;
    const [priority, weight, port] = [0, 2, 4].map((offset) => this.#bytes.readUInt16BE(start + offset));
    return { kind: 'service', priority: priority ?? 0, weight: weight ?? 0, port: port ?? 0, target };
  }

  #nameUpTo(start: number, end: number): string | undefined {
    const read = readName(this.#bytes, start);
    return read?.end === end ? read.name : undefined;
  }
}

/**
 * The message that `bytes` is, RFC 1035, 4; `undefined` for one that is malformed anywhere. Octets after the last record
 * do not count. Raw data is a view of `bytes`.
 */
export const decodeMessage = (bytes: Uint8Array): DnsMessage | undefined => {
  const decoded = decodeHeader(bytes);
  if (!decoded) return undefined;
  const { counts, ...header } = decoded;
  const reader = new Reader(bytes);
  const questions = reader.section(counts.questions, reader.question);
  const answers = questions && reader.section(counts.answers, reader.record);
  const authorities = answers && reader.section(counts.authorities, reader.record);
  const additionals = authorities && reader.section(counts.additionals, reader.record);
  if (!additionals) return undefined;
  return { header, questions, answers, authorities, additionals };
};
