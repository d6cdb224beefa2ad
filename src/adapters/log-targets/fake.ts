// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type {
  DatagramSocket,
  HttpAnswer,
  HttpCall,
  LogTargets,
  StreamAddress,
  StreamConnection,
} from './log-targets.ts';

const placeOf = (address: StreamAddress): string =>
  address.network === 'unix' ? address.path : `${address.host}:${address.port}`;

const refused = (network: string, place: string): EngineError =>
  new EngineError('unavailable', `dial ${network} ${place}: connect: connection refused`);

const refusedCall = ({ method, url }: HttpCall): EngineError => {
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  const reason = refused('tcp', url.host).message;
  return new EngineError('unavailable', `${verb} "${url.href}": ${reason}`);
};

/** A stream in memory. */
export class FakeStream implements StreamConnection {
  readonly address: StreamAddress;
  /** What was written, write by write. */
  readonly written: Uint8Array[] = [];
  /** What the target says, in order: `read` gives it. */
  readonly answers: Uint8Array[] = [];
  /** Called with each write, to answer it. */
  onWrite: ((bytes: Uint8Array) => void) | undefined;
  isBroken = false;

  constructor(address: StreamAddress) {
    this.address = address;
  }

  write(bytes: Uint8Array): undefined {
    if (this.isBroken)
      throw new EngineError('unavailable', `write tcp ${placeOf(this.address)}: broken pipe`);
    this.written.push(bytes);
    this.onWrite?.(bytes);
  }

  read(): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.answers.shift());
  }

  end(): Promise<void> {
    this.isBroken = true;
    return Promise.resolve();
  }

  [Symbol.dispose](): void {
    this.isBroken = true;
  }
}

/** Targets in memory. */
export interface FakeLogTargets extends LogTargets {
  /** Places (`host:port`, or a path) where nobody is. */
  readonly absent: Set<string>;
  readonly streams: readonly FakeStream[];
  /** Streams get this before their first write. */
  onConnect: ((stream: FakeStream) => void) | undefined;
  readonly datagrams: readonly Uint8Array[];
  readonly calls: readonly HttpCall[];
  /** Answers HTTP calls; `undefined` is a refused connection. */
  answer: (call: HttpCall) => Partial<HttpAnswer> | undefined;
  readonly files: Map<string, string>;
}

/** The targets of a test. */
export const createFakeLogTargets = (): FakeLogTargets => {
  const streams: FakeStream[] = [];
  const datagrams: Uint8Array[] = [];
  const calls: HttpCall[] = [];
  const absent = new Set<string>();
  const files = new Map<string, string>();
  const datagramSocket = (network: string, place: string): DatagramSocket => {
    if (absent.has(place)) throw refused(network, place);
    return { send: (bytes) => void datagrams.push(bytes), [Symbol.dispose]: () => undefined };
  };
  const fake: FakeLogTargets = {
    absent,
    streams,
    datagrams,
    calls,
    files,
    onConnect: undefined,
    answer: () => ({}),
    connect: async (address) => {
      if (absent.has(placeOf(address)))
        throw refused(address.network === 'unix' ? 'unix' : 'tcp', placeOf(address));
      const stream = new FakeStream(address);
      streams.push(stream);
      fake.onConnect?.(stream);
      return stream;
    },
    openDatagrams: async (address) =>
      address.network === 'udp'
        ? datagramSocket('udp', `${address.host}:${address.port}`)
        : datagramSocket('unixgram', address.path),
    openJournal: async (path) => datagramSocket('unixgram', path),
    httpClient: () => ({
      call: async (call) => {
        calls.push(call);
        const answer = fake.answer(call);
        if (!answer) throw refusedCall(call);
        return { status: 200, statusLine: `${answer.status ?? 200} `, headers: {}, body: '', ...answer };
      },
      [Symbol.dispose]: () => undefined,
    }),
    readText: async (path) => {
      const text = files.get(path);
      if (text === undefined) throw new EngineError('not-found', `open ${path}: no such file or directory`);
      return text;
    },
    assertExists: (path) => {
      if (!files.has(path)) throw new EngineError('not-found', `stat ${path}: no such file or directory`);
    },
  };
  return fake;
};
