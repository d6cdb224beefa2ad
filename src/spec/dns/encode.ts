// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { ipBytes } from '../ip.ts';
import { HEADER_LENGTH } from './decode.ts';
import {
  type DnsData,
  type DnsHeader,
  type DnsMessage,
  type DnsQuestion,
  type DnsRecord,
  LONGEST_MESSAGE,
  TYPE,
} from './message.ts';
import { type DnsName, nameBytes } from './name.ts';

/** The furthest place that a pointer reaches: 14 bits. */
const POINTER_REACH = 0x3fff;

const bit = (set: boolean, mask: number): number => (set ? mask : 0);

/** The second 16 bits of a header. */
const flagsOf = (header: DnsHeader): number =>
  bit(header.response, 0x8000) |
  ((header.opcode & 0xf) << 11) |
  bit(header.authoritative, 0x0400) |
  bit(header.truncated, 0x0200) |
  bit(header.recursionDesired, 0x0100) |
  bit(header.recursionAvailable, 0x0080) |
  bit(header.authenticData, 0x0020) |
  bit(header.checkingDisabled, 0x0010) |
  (header.rcode & 0xf);

class Writer {
  #bytes = Buffer.allocUnsafe(512);
  #length = HEADER_LENGTH;
  /** Where each name that was written begins. */
  readonly #places = new Map<string, number>();

  get length(): number {
    return this.#length;
  }

  /** Forgets what was written behind `length`. */
  cut(length: number): void {
    this.#length = length;
    for (const [name, place] of this.#places) if (place >= length) this.#places.delete(name);
  }

  question({ name, type, class: questionClass }: DnsQuestion): void {
    this.#name(name, true);
    this.#uint16(type);
    this.#uint16(questionClass);
  }

  record(record: DnsRecord): void {
    this.#name(record.name, true);
    this.#uint16(record.type);
    this.#uint16(record.class);
    this.#uint16(record.ttl >>> 16);
    this.#uint16(record.ttl & 0xffff);
    const start = this.#length;
    this.#uint16(0);
    this.#data(record.data);
    this.#bytes.writeUInt16BE(this.#length - start - 2, start);
  }

  message(header: DnsHeader, counts: readonly number[]): Buffer {
    this.#bytes.writeUInt16BE(header.id, 0);
    this.#bytes.writeUInt16BE(flagsOf(header), 2);
    for (const [index, count] of counts.entries()) this.#bytes.writeUInt16BE(count, 4 + 2 * index);
    return this.#bytes.subarray(0, this.#length);
  }

  #data(data: DnsData): void {
    switch (data.kind) {
      case 'address':
        return this.#raw(ipBytes(data.address));
      case 'name':
        return this.#name(data.name, true);
      case 'service':
        for (const value of [data.priority, data.weight, data.port]) this.#uint16(value);
        // RFC 2782: the target is not compressed.
        return this.#name(data.target, false);
      case 'raw':
        return this.#raw(data.bytes);
    }
  }

  /** Once a name, or the end of one, stands somewhere, a pointer leads there. */
  #name(name: DnsName, compress: boolean): void {
    const labels = nameBytes(name);
    if (!labels) throw new EngineError('invalid-argument', `not a domain name: ${name}`);
    for (const [index, label] of labels.entries()) {
      const rest = labels
        .slice(index)
        .map((bytes) => bytes.toString('hex'))
        .join('.');
      const place = compress ? this.#places.get(rest) : undefined;
      if (place !== undefined) return this.#uint16(0xc000 | place);
      if (this.#length <= POINTER_REACH && !this.#places.has(rest)) this.#places.set(rest, this.#length);
      this.#raw(Uint8Array.of(label.length));
      this.#raw(label);
    }
    this.#raw(Uint8Array.of(0));
  }

  #uint16(value: number): void {
    this.#reserve(2);
    this.#length = this.#bytes.writeUInt16BE(value & 0xffff, this.#length);
  }

  #raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Writes records as long as they fit in `limit`. Gives how many. */
const writeFitting = (writer: Writer, records: readonly DnsRecord[], limit: number): number => {
  for (const [index, record] of records.entries()) {
    const before = writer.length;
    writer.record(record);
    if (writer.length <= limit) continue;
    writer.cut(before);
    return index;
  }
  return records.length;
};

/**
 * The octets of `message`, at most `limit` of them, names compressed. What does not fit is left out from the end, records
 * whole, and the message says so (TC); an OPT record stays.
 * @throws invalid-argument for a name that is none
 */
export const encodeMessage = (message: DnsMessage, limit: number = LONGEST_MESSAGE): Buffer => {
  const { header, questions } = message;
  const writer = new Writer();
  for (const question of questions) writer.question(question);
  const options = message.additionals.filter(({ type }) => type === TYPE.opt);
  const rest = message.additionals.filter(({ type }) => type !== TYPE.opt);
  const kept = options.reduce((sum, { data }) => sum + 11 + (data.kind === 'raw' ? data.bytes.length : 0), 0);
  const counts = [questions.length];
  let whole = true;
  for (const section of [message.answers, message.authorities, rest]) {
    const written: number = whole ? writeFitting(writer, section, limit - kept) : 0;
    whole &&= written === section.length;
    counts.push(written);
  }
  for (const option of options) writer.record(option);
  counts[3] = (counts[3] ?? 0) + options.length;
  return writer.message({ ...header, truncated: header.truncated || !whole }, counts);
};
