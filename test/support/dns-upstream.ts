// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { type RemoteInfo, type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Server, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
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

const CODES: Readonly<Record<string, number>> = {
  refused: RCODE.refused,
  absent: RCODE.nameError,
  failing: RCODE.serverFailure,
};
/** Names of several addresses, by their first label. */
const COUNTS: Readonly<Record<string, number>> = { big: 100, long: 100, empty: 0 };
/** The address that lies lead to. */
export const FORGED = 66;

const kindOf = (query: DnsMessage): string => query.questions[0]?.name.split('.')[0] ?? '';

/** The truth: `number` is the last octet of the address; of an `edns.` name it is 41 when the query has an OPT record. */
const answerTo = (query: DnsMessage, number: number): DnsMessage => {
  const name = query.questions[0]?.name ?? '';
  const kind = kindOf(query);
  const fails = kind === 'odd' && number % 2 === 1;
  const rcode = fails ? RCODE.serverFailure : (CODES[kind] ?? RCODE.noError);
  const hasOption = query.additionals.some(({ type }) => type === TYPE.opt);
  const told = kind === 'edns' && hasOption ? 41 : number;
  const count = rcode === RCODE.noError ? (COUNTS[kind] ?? 1) : 0;
  return {
    header: { ...query.header, response: true, recursionAvailable: true, rcode },
    questions: query.questions,
    answers: Array.from({ length: count }, () => recordOf(name, told)),
    authorities: [],
    additionals: [],
  };
};

interface Behaviour {
  /** Last octet of the addresses that it knows, so that one sees who has answered. */
  readonly number: number;
}

type Say = (message: DnsMessage | Buffer) => void;

const lieAbout = (query: DnsMessage): readonly DnsMessage[] => {
  const forged = answerTo(query, FORGED);
  return [
    { ...forged, header: { ...forged.header, id: forged.header.id ^ 1 } },
    { ...forged, questions: [{ name: 'other.example', type: TYPE.a, class: 1 }] },
    { ...forged, header: { ...forged.header, response: false } },
  ];
};

const GARBAGE = [Buffer.alloc(0), Buffer.from('no DNS at all'), Buffer.alloc(600, 0xc0)];

/** What it says to a datagram, by the first label of the name. */
const misbehave = async (query: DnsMessage, number: number, say: Say, asStranger: Say): Promise<void> => {
  const truth = answerTo(query, number);
  switch (kindOf(query)) {
    case 'silent':
      return;
    case 'lie':
      // A stranger who has guessed everything but the port, then the lies, then the truth.
      asStranger(answerTo(query, FORGED));
      await sleep(5);
      for (const lie of lieAbout(query)) say(lie);
      return say(truth);
    case 'liar':
      return lieAbout(query).forEach(say);
    case 'garbage':
      GARBAGE.forEach(say);
      return say(truth);
    case 'babble':
      return GARBAGE.forEach(say);
    case 'twice':
      say(truth);
      return say(answerTo(query, FORGED));
    case 'slow':
      await sleep(1000);
      return say(truth);
    default:
      return say(truth);
  }
};

const serveDatagrams = (socket: Socket, stranger: Socket, { number }: Behaviour, asked: string[]): void => {
  socket.on('message', (bytes: Buffer, { address, port }: RemoteInfo): void => {
    const query = decodeMessage(bytes);
    asked.push(`udp ${query?.questions[0]?.name ?? ''}`);
    if (!query) return;
    const speaker =
      (from: Socket): Say =>
      (message) => {
        const said = Buffer.isBuffer(message) ? message : encodeMessage(message, datagramSize(query));
        from.send(said, port, address, () => undefined);
      };
    void misbehave(query, number, speaker(socket), speaker(stranger));
  });
};

const tcpServer = ({ number }: Behaviour, asked: string[]): Server =>
  createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (frame: Buffer) => {
      const query = decodeMessage(frame.subarray(2));
      if (!query) return;
      asked.push(`tcp ${query.questions[0]?.name ?? ''}`);
      if (kindOf(query) === 'long') return void socket.destroy();
      const reply = encodeMessage(answerTo(query, number));
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      socket.end(Buffer.concat([length, reply]));
    });
  });

/** Sockets by their open files, or the address to bind new ones to at port 53. */
export type UpstreamPlace = { readonly address: string } | { readonly udp: number; readonly tcp: number };

/**
 * Starts a server on both transports; it listens when this resolves. The first label of a name says what it does: `absent`,
 * `refused`, `failing`, `odd` (that one of odd numbers fails), `empty`, `big` (100 addresses), `long` (those, by datagram alone), `edns`, `silent`, `slow`, `lie`
 * and `garbage` (the truth comes last), `liar` and `babble` (it never comes), `twice`; any other has its address.
 */
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

/** Runs such a server as a process of its own, in the network namespace that `enter` leads into. */
export const spawnDnsUpstream = async (
  enter: (command: readonly string[]) => readonly string[],
  address: string,
  number: number,
): Promise<AsyncDisposable> => {
  const [file = '', ...args] = enter([process.execPath, import.meta.filename, address, `${number}`]);
  const child: ChildProcess = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const ready = child.stdout ? once(child.stdout, 'data') : Promise.resolve();
  await Promise.race([
    ready,
    ended.then(() => {
      throw new Error(`no DNS server at ${address}`);
    }),
  ]);
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

if (process.argv[1] === import.meta.filename) {
  const [address = '', number = '1'] = process.argv.slice(2);
  await startDnsUpstream({ address }, { number: Number(number) });
  process.stdout.write('ready\n');
}
