// SPDX-License-Identifier: Apache-2.0
import type { Ip } from '../ip.ts';
import type { DnsName } from './name.ts';

/** Types and classes of records, RFC 1035, 3596, 2782, 6891. */
export const TYPE = {
  a: 1,
  ns: 2,
  cname: 5,
  soa: 6,
  ptr: 12,
  mx: 15,
  txt: 16,
  aaaa: 28,
  srv: 33,
  opt: 41,
  any: 255,
} as const;
export const CLASS_INTERNET = 1;

/** Response codes, RFC 1035, 4.1.1. */
export const RCODE = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
} as const;

/** The kind of query that asks for records; the others are for servers. */
export const OPCODE_QUERY = 0;

/** The first 12 octets of a message, RFC 1035, 4.1.1 and 4035, without the counts. */
export interface DnsHeader {
  /** 16 bits. */
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly authenticData: boolean;
  readonly checkingDisabled: boolean;
  readonly rcode: number;
}

export interface DnsQuestion {
  readonly name: DnsName;
  readonly type: number;
  readonly class: number;
}

/** What a record says: decoded for the types that the engine speaks of itself, the octets of the others. */
export type DnsData =
  | { readonly kind: 'address'; readonly address: Ip }
  | { readonly kind: 'name'; readonly name: DnsName }
  | {
      readonly kind: 'service';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: DnsName;
    }
  | { readonly kind: 'raw'; readonly bytes: Uint8Array };

export interface DnsRecord {
  readonly name: DnsName;
  readonly type: number;
  /** Of an OPT record: the size of datagrams that its sender takes. */
  readonly class: number;
  /** Seconds; of an OPT record: more flags. */
  readonly ttl: number;
  readonly data: DnsData;
}

export interface DnsMessage {
  readonly header: DnsHeader;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/** The most that fits in a datagram whose receiver did not say more by EDNS, RFC 1035, 4.2.1. */
export const PLAIN_DATAGRAM = 512;
/** The most that the length of a message on TCP can say. */
export const LONGEST_MESSAGE = 65_535;

/** The size of datagrams that the sender of `message` takes: at least 512. */
export const datagramSize = ({ additionals }: Pick<DnsMessage, 'additionals'>): number =>
  Math.max(PLAIN_DATAGRAM, additionals.find(({ type }) => type === TYPE.opt)?.class ?? 0);

/** A query for one thing, as a client makes it. */
export const dnsQuery = (
  id: number,
  name: DnsName,
  type: number,
  additionals: readonly DnsRecord[] = [],
): DnsMessage => ({
  header: { ...PLAIN_HEADER, id, recursionDesired: true },
  questions: [{ name, type, class: CLASS_INTERNET }],
  answers: [],
  authorities: [],
  additionals,
});

/** The OPT record of a sender that takes datagrams of `size` octets. */
export const ednsRecord = (size: number, options: Uint8Array = new Uint8Array()): DnsRecord => ({
  name: '',
  type: TYPE.opt,
  class: size,
  ttl: 0,
  data: { kind: 'raw', bytes: options },
});

/** A header in which nothing is set. */
export const PLAIN_HEADER: DnsHeader = {
  id: 0,
  response: false,
  opcode: OPCODE_QUERY,
  authoritative: false,
  truncated: false,
  recursionDesired: false,
  recursionAvailable: false,
  authenticData: false,
  checkingDisabled: false,
  rcode: RCODE.noError,
};
