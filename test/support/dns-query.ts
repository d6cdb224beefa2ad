// SPDX-License-Identifier: Apache-2.0
/**
 * Asks a resolver all that argv[2] (JSON: `DnsAsk[]`) says, at the same time, from the network namespace that it is run in,
 * and prints what came (JSON: `DnsTold[]`). `askInside` runs it.
 */
import { type RemoteInfo, createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { decodeMessage } from '../../src/spec/dns/decode.ts';
import { encodeMessage } from '../../src/spec/dns/encode.ts';
import { type DnsMessage, type DnsRecord, dnsQuery, ednsRecord } from '../../src/spec/dns/message.ts';
import { formatIp } from '../../src/spec/ip.ts';
import { runCommand } from './run-command.ts';

/** One query. */
export interface DnsAsk {
  readonly name: string;
  readonly type: number;
  readonly tcp?: boolean;
  /** The size of datagrams that the asker takes, said by EDNS. */
  readonly edns?: number;
  /** Sent as it is, in hexadecimal, in the place of a query. */
  readonly raw?: string;
  /** Milliseconds to wait for the reply; 10,000. */
  readonly patience?: number;
}

/** What came of it; without `rcode` nothing did. */
export interface DnsTold {
  readonly rcode?: number;
  readonly answers: readonly string[];
  /** Of the header: aa, tc, rd, ra, ad, cd. */
  readonly flags: string;
  readonly ttls: readonly number[];
  /** Whether the reply has an OPT record. */
  readonly edns: boolean;
  /** Octets of the reply. */
  readonly length: number;
  /** Milliseconds. */
  readonly took: number;
}

const textOf = ({ data }: DnsRecord): string => {
  if (data.kind === 'address') return formatIp(data.address);
  return data.kind === 'name' ? data.name : data.kind;
};

const flagsOf = ({ header }: DnsMessage): string =>
  [
    ...(header.authoritative ? ['aa'] : []),
    ...(header.truncated ? ['tc'] : []),
    ...(header.recursionDesired ? ['rd'] : []),
    ...(header.recursionAvailable ? ['ra'] : []),
    ...(header.authenticData ? ['ad'] : []),
    ...(header.checkingDisabled ? ['cd'] : []),
  ].join(' ');

const NOTHING: DnsTold = { answers: [], flags: '', ttls: [], edns: false, length: 0, took: 0 };

const toldBy = (bytes: Buffer | undefined, took: number): DnsTold => {
  const reply = bytes && decodeMessage(bytes);
  if (!bytes || !reply) return { ...NOTHING, took };
  return {
    rcode: reply.header.rcode,
    answers: reply.answers.map(textOf),
    flags: flagsOf(reply),
    ttls: reply.answers.map(({ ttl }) => ttl),
    edns: reply.additionals.some(({ type }) => type === 41),
    length: bytes.length,
    took,
  };
};

const PORT = 53;

const byDatagram = (address: string, query: Buffer, tell: (bytes?: Buffer) => void): (() => void) => {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, _sender: RemoteInfo) => tell(bytes));
  socket.on('error', () => tell());
  socket.connect(PORT, address, () => socket.send(query));
  return () => socket.close();
};

const byConnection = (address: string, query: Buffer, tell: (bytes?: Buffer) => void): (() => void) => {
  const socket = connect({ host: address, port: PORT });
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) tell(received.subarray(2));
  });
  socket.on('error', () => tell());
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.length);
  socket.write(Buffer.concat([length, query]));
  return () => socket.destroy();
};

const ask = async (
  address: string,
  { name, type, tcp, edns, raw, patience = 10_000 }: DnsAsk,
  id: number,
) => {
  const options = edns === undefined ? [] : [ednsRecord(edns)];
  const query =
    raw === undefined ? encodeMessage(dnsQuery(id, name, type, options)) : Buffer.from(raw, 'hex');
  const began = performance.now();
  const reply = Promise.withResolvers<Buffer | undefined>();
  const timer = setTimeout(() => reply.resolve(undefined), patience);
  const tell = (bytes?: Buffer): void => {
    if (!bytes || raw !== undefined || bytes.readUInt16BE(0) === id) reply.resolve(bytes);
  };
  const close = (tcp === true ? byConnection : byDatagram)(address, query, tell);
  const bytes = await reply.promise;
  clearTimeout(timer);
  close();
  return toldBy(bytes, Math.round(performance.now() - began));
};

/** Asks the resolver at `address` from the network namespace of process `pid`. */
export const askInside = async (
  pid: number | string,
  asks: readonly DnsAsk[],
  address = '127.0.0.11',
): Promise<readonly DnsTold[]> => {
  const program = [process.execPath, import.meta.filename, JSON.stringify(asks), address];
  const { stdout, stderr } = await runCommand('nsenter', [`--net=/proc/${pid}/ns/net`, ...program], {
    timeout: 120_000,
  });
  try {
    return JSON.parse(stdout) as readonly DnsTold[];
  } catch {
    throw new Error(`no answers: ${stderr}${stdout}`);
  }
};

if (process.argv[1] === import.meta.filename) {
  const asks = JSON.parse(process.argv[2] ?? '[]') as readonly DnsAsk[];
  const address = process.argv[3] ?? '';
  const told = await Promise.all(asks.map(async (each, index) => ask(address, each, 1000 + index)));
  process.stdout.write(JSON.stringify(told));
}
