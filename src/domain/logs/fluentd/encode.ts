// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { nanosOfSecond, unixSeconds } from '../../../base/time.ts';
import type { LogMessage } from '../piece.ts';

/** One event as it goes over the wire, and the id under which the target acknowledges it. */
export interface FluentdEvent {
  readonly bytes: Uint8Array;
  readonly chunk?: string;
}

export interface FluentdEncoding {
  readonly tag: string;
  /** What each record carries beside its line. */
  readonly fields: Readonly<Record<string, string>>;
  readonly subSecondPrecision: boolean;
  readonly requestAck: boolean;
}

/** An array of four, a fixed extension of 8 bytes (fixext 8), a map of 32-bit length, a string of 32-bit length. Source: MessagePack specification. */
const ARRAY_OF_FOUR = Buffer.of(0x94);
const EVENT_TIME = [0xd7, 0x00];
const MAP_32 = 0xdf;
const STRING_32 = 0xdb;

const mapHead = (count: number): Buffer => {
  const head = Buffer.of(MAP_32, 0, 0, 0, 0);
  head.writeUInt32BE(count, 1);
  return head;
};

/** Bytes as a string, which need not be UTF-8: output is passed on as it came. */
const rawString = (bytes: Uint8Array): Buffer => {
  const head = Buffer.of(STRING_32, 0, 0, 0, 0);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};

/** `EventTime` of the forward protocol: seconds and nanoseconds, 32 bits each. */
const eventTime = (at: LogMessage['at']): Buffer => {
  const bytes = Buffer.from([...EVENT_TIME, 0, 0, 0, 0, 0, 0, 0, 0]);
  bytes.writeUInt32BE(unixSeconds(at) >>> 0, 2);
  bytes.writeUInt32BE(nanosOfSecond(at), 6);
  return bytes;
};

const partialFields = ({ partial }: LogMessage): Readonly<Record<string, string>> =>
  partial
    ? {
        partial_message: 'true',
        partial_id: partial.id,
        partial_ordinal: String(partial.ordinal),
        partial_last: String(partial.last),
      }
    : {};

/** Writes any value as MessagePack. */
type Pack = (value: unknown) => Uint8Array;

const packPairs = (pack: Pack, fields: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat(Object.entries(fields).flatMap(([key, value]) => [pack(key), pack(value)]));

/**
 * Makes events of the forward protocol's message mode: `[tag, time, record, option]`.
 * Source: github.com/fluent/fluentd/wiki, "Forward Protocol Specification v1".
 */
export const fluentdEncoder = (
  pack: Pack,
  { tag, fields, subSecondPrecision, requestAck }: FluentdEncoding,
): ((message: LogMessage) => FluentdEvent) => {
  const packedTag = pack(tag);
  const same = packPairs(pack, fields);
  const count = Object.keys(fields).length;
  const key = { log: pack('log'), source: pack('source') };
  const sources = { stdout: pack('stdout'), stderr: pack('stderr') };
  const noOption = pack({});
  return (message) => {
    const partial = partialFields(message);
    const chunk = requestAck ? randomBytes(16).toString('base64') : undefined;
    // A field that a label or a variable sets wins over the line and its source, as in dockerd.
    const own = [
      ...(Object.hasOwn(fields, 'source') ? [] : [[key.source, sources[message.stream]]]),
      ...(Object.hasOwn(fields, 'log') ? [] : [[key.log, rawString(message.line)]]),
    ];
    const bytes = Buffer.concat([
      ARRAY_OF_FOUR,
      packedTag,
      subSecondPrecision ? eventTime(message.at) : pack(unixSeconds(message.at)),
      mapHead(count + own.length + Object.keys(partial).length),
      same,
      ...own.flat(),
      packPairs(pack, partial),
      chunk === undefined ? noOption : pack({ chunk }),
    ]);
    return chunk === undefined ? { bytes } : { bytes, chunk };
  };
};
