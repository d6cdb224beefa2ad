// SPDX-License-Identifier: Apache-2.0
import type { DnsConversation, DnsSockets, DnsTransport } from '../../adapters/dns-sockets/index.ts';
import type { NetworkNamespaces } from '../../adapters/netns/index.ts';
import { EngineError } from '../../base/errors.ts';
import { type DnsMessage, RCODE } from '../../spec/dns/message.ts';
import type { UpstreamServer } from '../networks/index.ts';
import { checkReply, isFailure } from './check-reply.ts';
import type { Silence, SilentServers } from './silent-servers.ts';

/** How many servers are asked at most, and how long each has (ms): Docker's own. */
export const MOST_SERVERS = 3;
const PATIENCE = 4000;
/** A server that is silent for so long (ms) is not the only hope any more: the next one is asked beside it. */
const HESITATION = 1500;
const DNS_PORT = 53;

export interface ForwarderDeps {
  readonly sockets: DnsSockets;
  readonly namespaces: NetworkNamespaces;
  /** An integer of at least 0 and less than `below`, which nobody can guess. */
  readonly random: (below: number) => number;
  readonly silent: SilentServers;
}

/** What is asked, by whom. */
export interface ForwardedQuery {
  readonly message: DnsMessage;
  /** The query as it came. */
  readonly bytes: Buffer;
  readonly transport: DnsTransport;
  /** The asker's namespace. */
  readonly namespacePath: string;
}

interface Reply {
  readonly bytes: Buffer;
  readonly message: DnsMessage;
}

/** Where an attempt at one server stands; nobody waits for one that is `hopeless`. */
type Attempt = 'waiting' | 'hopeless' | 'failed' | Reply;

const open = (
  { sockets, namespaces }: ForwarderDeps,
  { address, fromHost }: UpstreamServer,
  { namespacePath }: ForwardedQuery,
  ...rest: [transport: DnsTransport, query: Buffer, events: Parameters<DnsSockets['ask']>[3]]
): DnsConversation => {
  const ask = (): DnsConversation => sockets.ask({ address, port: DNS_PORT }, ...rest);
  return fromHost ? ask() : namespaces.run(namespacePath, ask);
};

/** The reply of one server on one transport. @throws what the socket says; unavailable when none comes in time */
const exchange = async (
  deps: ForwarderDeps,
  server: UpstreamServer,
  query: ForwardedQuery,
  transport: DnsTransport,
  signal: AbortSignal,
): Promise<Reply> => {
  const id = deps.random(0x1_0000);
  const bytes = Buffer.from(query.bytes);
  bytes.writeUInt16BE(id, 0);
  const outcome = Promise.withResolvers<Reply>();
  const timer = setTimeout(
    () => outcome.reject(new EngineError('unavailable', 'no reply in time')),
    PATIENCE,
  ).unref();
  const stop = (): void => outcome.reject(new EngineError('cancelled', 'another server has replied'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    using _conversation = open(deps, server, query, transport, bytes, {
      received: (received) => {
        const message = checkReply(query.message, id, received);
        if (!message) return;
        deps.silent.forget(server, query.namespacePath);
        outcome.resolve({ bytes: received, message });
      },
      failed: outcome.reject,
    });
    return await outcome.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
};

/** The whole reply of one server: what does not fit in a datagram is asked for again on a connection. */
const askServer = async (
  deps: ForwarderDeps,
  server: UpstreamServer,
  query: ForwardedQuery,
  signal: AbortSignal,
): Promise<'failed' | Reply> => {
  try {
    const reply = await exchange(deps, server, query, query.transport, signal);
    if (query.transport === 'tcp' || !reply.message.header.truncated) return reply;
    // A server that can't be reached so leaves the client with what there is, and told that there is more.
    return await exchange(deps, server, query, 'tcp', signal).catch(() => reply);
  } catch {
    return 'failed';
  }
};

const isAnswer = ({ message }: Reply): boolean =>
  message.header.rcode === RCODE.noError && message.answers.length > 0;

/**
 * The reply that counts so far: that of the first server that has not failed; before it has replied, a later one's only
 * if it has an answer, since "no such name" may be wrong for names that the first one alone knows.
 */
const best = (attempts: readonly Attempt[]): Reply | undefined => {
  let waiting = false;
  for (const attempt of attempts) {
    if (attempt === 'waiting') waiting = true;
    else if (typeof attempt === 'object' && (!waiting || isAnswer(attempt))) return attempt;
  }
  return undefined;
};

/** One query on its way through the servers: each is asked when those before it have failed or hesitate. */
class Round {
  readonly #deps: ForwarderDeps;
  readonly #servers: readonly UpstreamServer[];
  readonly #query: ForwardedQuery;
  readonly #attempts: Attempt[] = [];
  readonly #over = new AbortController();
  readonly #outcome = Promise.withResolvers<Buffer | undefined>();

  constructor(deps: ForwarderDeps, servers: readonly UpstreamServer[], query: ForwardedQuery) {
    this.#deps = deps;
    this.#servers = servers;
    this.#query = query;
  }

  async run(): Promise<Buffer | undefined> {
    this.#next();
    try {
      return await this.#outcome.promise;
    } finally {
      this.#over.abort();
    }
  }

  #next(): void {
    const index = this.#attempts.length;
    const server = this.#servers[index];
    if (!server || this.#over.signal.aborted) return;
    const before = this.#deps.silent.find(server, this.#query.namespacePath);
    this.#attempts.push(before === 'silent' ? 'hopeless' : 'waiting');
    void this.#attempt(index, server);
    if (before) this.#next();
  }

  async #attempt(index: number, server: UpstreamServer): Promise<void> {
    const note = (silence: Silence): void =>
      this.#deps.silent.note(server, this.#query.namespacePath, silence);
    let late = false;
    const hesitate = (): void => {
      late = true;
      note('late');
      if (index === this.#attempts.length - 1) this.#next();
    };
    const hesitation = setTimeout(hesitate, HESITATION).unref();
    const attempt = await askServer(this.#deps, server, this.#query, this.#over.signal);
    clearTimeout(hesitation);
    if (late && attempt === 'failed' && !this.#over.signal.aborted) note('silent');
    const failed = attempt === 'failed' || isFailure(attempt.message);
    this.#attempts[index] = failed ? 'failed' : attempt;
    if (failed && index === this.#attempts.length - 1) this.#next();
    const reply = best(this.#attempts);
    if (reply) this.#outcome.resolve(reply.bytes);
    else if (this.#attempts.every((each) => each === 'failed')) this.#outcome.resolve(undefined);
  }
}

/** Asks `servers` in turn. Gives the first reply that counts; `undefined` when all have failed or none is there. */
export const forward = async (
  deps: ForwarderDeps,
  servers: readonly UpstreamServer[],
  query: ForwardedQuery,
): Promise<Buffer | undefined> => {
  const asked = servers.slice(0, MOST_SERVERS);
  return asked.length === 0 ? undefined : new Round(deps, asked, query).run();
};
