// SPDX-License-Identifier: Apache-2.0
import { type RemoteInfo, type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Server, createServer } from 'node:net';
import { decodeMessage } from '../../src/spec/dns/decode.ts';
import { encodeMessage } from '../../src/spec/dns/encode.ts';
import { type DnsMessage, type DnsRecord, RCODE, TYPE, datagramSize } from '../../src/spec/dns/message.ts';
import { parseIp } from '../../src/spec/ip.ts';

/** A DNS server of a test. */
export interface DnsUpstream extends AsyncDisposable {
  /** Names that it was asked for, each with the transport (`udp example.org`). */
  readonly asked: readonly string[];
}

const recordOf = (name: string, number: number): DnsRecord => {
  const address = parseIp(`192.0.2.${number}`);
  if (!address) throw new Error('no address');
  return { name, type: TYPE.a, class: 1, ttl: 30, data: { kind: 'address', address } };
};

/** What it says: `refused.` and `absent.` names by their code, `big.` ones with 100 addresses, others with `number`. */
const answerTo = (query: DnsMessage, number: number): DnsMessage => {
  const name = query.questions[0]?.name ?? '';
  const codes: Record<string, number> = { refused: RCODE.refused, absent: RCODE.nameError };
  const rcode = codes[name.split('.')[0] ?? ''] ?? RCODE.noError;
  const count = name.startsWith('big.') ? 100 : 1;
  return {
    header: { ...query.header, response: true, recursionAvailable: true, rcode },
    questions: query.questions,
    answers: rcode === RCODE.noError ? Array.from({ length: count }, () => recordOf(name, number)) : [],
    authorities: [],
    additionals: [],
  };
};

interface Behaviour {
  /** Last octet of the addresses that it knows, so that one sees who has answered. */
  readonly number: number;
}

const lies = (query: DnsMessage, number: number): readonly DnsMessage[] => {
  const truth = answerTo(query, number);
  const forged = answerTo(query, 66);
  return [
    { ...forged, header: { ...forged.header, id: forged.header.id ^ 1 } },
    { ...forged, questions: [{ name: 'other.example', type: TYPE.a, class: 1 }] },
    truth,
  ];
};

const serveDatagrams = (socket: Socket, stranger: Socket, { number }: Behaviour, asked: string[]): void => {
  const serve = (bytes: Buffer, { address, port }: RemoteInfo): void => {
    const query = decodeMessage(bytes);
    const name = query?.questions[0]?.name ?? '';
    asked.push(`udp ${name}`);
    if (!query || name.startsWith('silent.')) return;
    const say = (message: DnsMessage): void =>
      socket.send(encodeMessage(message, datagramSize(query)), port, address);
    if (!name.startsWith('lie.')) return say(answerTo(query, number));
    // A stranger who has guessed everything but the port, then the lies, then the truth.
    stranger.send(encodeMessage(answerTo(query, 66)), port, address, () => lies(query, number).forEach(say));
  };
  socket.on('message', serve);
};

const tcpServer = ({ number }: Behaviour, asked: string[]): Server =>
  createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (frame: Buffer) => {
      const query = decodeMessage(frame.subarray(2));
      if (!query) return;
      asked.push(`tcp ${query.questions[0]?.name ?? ''}`);
      const reply = encodeMessage(answerTo(query, number));
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      socket.end(Buffer.concat([length, reply]));
    });
  });

/** Sockets by their open files, or the address to bind new ones to at port 53. */
export type UpstreamPlace = { readonly address: string } | { readonly udp: number; readonly tcp: number };

/** Starts a server on both transports; it listens when this resolves. */
export const startDnsUpstream = async (place: UpstreamPlace, behaviour: Behaviour): Promise<DnsUpstream> => {
  const asked: string[] = [];
  const udp = createSocket('udp4');
  const stranger = createSocket('udp4');
  const tcp = tcpServer(behaviour, asked);
  serveDatagrams(udp, stranger, behaviour, asked);
  const listening = Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
  if ('address' in place) {
    udp.bind(53, place.address);
    tcp.listen(53, place.address);
  } else {
    udp.bind({ fd: place.udp });
    tcp.listen({ fd: place.tcp });
  }
  await listening;
  return {
    asked,
    [Symbol.asyncDispose]: async () => {
      udp.close();
      stranger.close();
      tcp.close();
      await once(tcp, 'close');
    },
  };
};
