// SPDX-License-Identifier: Apache-2.0
import type { DnsTransport } from '../../adapters/dns-sockets/index.ts';
import { decodeHeader, decodeMessage } from '../../spec/dns/decode.ts';
import { type DnsMessage, OPCODE_QUERY, RCODE } from '../../spec/dns/message.ts';
import type { NamedSandbox, UpstreamServer } from '../networks/index.ts';
import { answerLocally } from './answer-locally.ts';
import { type ForwarderDeps, forward } from './forwarder.ts';
import { KnownReplies } from './known-replies.ts';
import { answersIn, passOn, replyTo, replyToUnreadable } from './reply.ts';
import type { Names } from './resolve-name.ts';

/** Queries of one container that wait for a server, Docker's own number; and of all, for the daemon's open files. */
const MOST_WAITING = 1024;
const MOST_WAITING_OF_ALL = 4096;

export interface ResolverDeps extends ForwarderDeps {
  readonly names: Names;
  /** Queries of all containers that wait for a server. */
  readonly waiting: { count: number };
}

/** A query as it may come: one question, nothing answered, at most the two records that a client may add (OPT, TSIG). */
const readQuery = (bytes: Uint8Array): DnsMessage | undefined => {
  const header = decodeHeader(bytes);
  if (!header || header.response || header.opcode !== OPCODE_QUERY) return undefined;
  const { questions, answers, authorities, additionals } = header.counts;
  if (questions !== 1 || answers > 0 || authorities > 0 || additionals > 2) return undefined;
  return decodeMessage(bytes);
};

/** The servers that the sandbox may ask: of the host's own none when no network of it leads outside. */
const serversOf = ({ upstreams, leadsOut }: NamedSandbox): readonly UpstreamServer[] =>
  upstreams.filter(({ fromHost }) => leadsOut || !fromHost);

/** Answers the queries of one container. */
export class Resolver {
  #sandbox: NamedSandbox;
  readonly #deps: ResolverDeps;
  readonly #known = new KnownReplies();
  #waiting = 0;

  constructor(deps: ResolverDeps, sandbox: NamedSandbox) {
    this.#deps = deps;
    this.#sandbox = sandbox;
  }

  /** The sandbox is another one from now on. */
  change(sandbox: NamedSandbox): void {
    this.#sandbox = sandbox;
    this.#known.clear();
  }

  /**
   * The reply to `bytes`, at once when nobody else need be asked; `undefined` for what gets none. Never fails. A reply
   * that is there at once is good until the next call.
   */
  readonly answer = (
    bytes: Buffer,
    transport: DnsTransport,
  ): Buffer | undefined | Promise<Buffer | undefined> => {
    const { names, random } = this.#deps;
    const known = transport === 'udp' && this.#known.find(bytes, names.version, random);
    // What comes next overwrites the query.
    return known || this.#find(Buffer.from(bytes), transport);
  };

  #find(bytes: Buffer, transport: DnsTransport): Buffer | undefined | Promise<Buffer | undefined> {
    const query = readQuery(bytes);
    const question = query?.questions[0];
    if (!query || !question) return replyToUnreadable(bytes);
    const { names, random } = this.#deps;
    const answers = answerLocally({ sandbox: this.#sandbox, names, random }, question);
    if (answers) {
      const reply = replyTo(query, transport, RCODE.noError, answers);
      if (transport === 'udp') this.#known.keep(bytes, names.version, answersIn(reply, query, answers));
      return reply;
    }
    const servers = serversOf(this.#sandbox);
    if (servers.length === 0) return replyTo(query, transport, RCODE.serverFailure);
    const busy = this.#waiting >= MOST_WAITING || this.#deps.waiting.count >= MOST_WAITING_OF_ALL;
    if (busy) return replyTo(query, transport, RCODE.refused);
    return this.#forward(query, bytes, transport, servers);
  }

  async #forward(
    message: DnsMessage,
    bytes: Buffer,
    transport: DnsTransport,
    servers: readonly UpstreamServer[],
  ): Promise<Buffer> {
    const { namespacePath } = this.#sandbox;
    this.#waiting += 1;
    this.#deps.waiting.count += 1;
    try {
      const reply = await forward(this.#deps, servers, { message, bytes, transport, namespacePath });
      return reply ? passOn(message, transport, reply) : replyTo(message, transport, RCODE.serverFailure);
    } finally {
      this.#waiting -= 1;
      this.#deps.waiting.count -= 1;
    }
  }
}
