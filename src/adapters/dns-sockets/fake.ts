// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { SysError } from '../../sys/errno.ts';
import type {
  DnsConversationEvents,
  DnsPlace,
  DnsServer,
  DnsService,
  DnsSockets,
  DnsTransport,
} from './dns-sockets.ts';

/** A query that waits for what its test lets the server say. */
export interface AskedQuery {
  readonly server: DnsServer;
  readonly transport: DnsTransport;
  readonly query: Buffer;
  readonly events: DnsConversationEvents;
  /** Where the thread was. */
  readonly namespace: string;
  over: boolean;
}

/** Sockets in memory: a server at a place that a service listens at answers by it, every other one as the test has it. */
export interface FakeDnsSockets extends DnsSockets {
  /** What was asked of servers that nobody here is, in order. */
  readonly asked: readonly AskedQuery[];
  /** Services that listen, by namespace, address and port (`/run/ns 127.0.0.11 4000`). */
  readonly listening: ReadonlyMap<string, DnsService>;
}

/** `namespace` names the one that the thread is in. */
export const createFakeDnsSockets = (namespace: () => string = () => ''): FakeDnsSockets => {
  const listening = new Map<string, DnsService>();
  const asked: AskedQuery[] = [];
  const counter = { port: 40_000 };
  const keyOf = ({ address, port }: DnsPlace): string => `${namespace()} ${address} ${port}`;

  const tell = (conversation: AskedQuery, answer: Uint8Array | undefined): void => {
    if (answer && !conversation.over) conversation.events.received(Buffer.from(answer));
  };

  return {
    asked,
    listening,
    listen: ({ address, port }, service) => {
      const chosen = port === 0 ? counter.port++ : port;
      const key = keyOf({ address, port: chosen });
      if (listening.has(key))
        throw new EngineError('conflict', 'bind: EADDRINUSE', { cause: new SysError(98, 'bind', '') });
      listening.set(key, service);
      return {
        udpPort: chosen,
        tcpPort: chosen,
        [Symbol.dispose]: () => void listening.delete(key),
      };
    },
    ask: (server, transport, query, events) => {
      const sent = Buffer.from(query);
      const conversation = { server, transport, query: sent, events, namespace: namespace(), over: false };
      const service = listening.get(keyOf(server));
      if (service)
        queueMicrotask(() => {
          void Promise.resolve(service(sent, transport)).then((answer) => tell(conversation, answer));
        });
      else asked.push(conversation);
      return { [Symbol.dispose]: () => void (conversation.over = true) };
    },
  };
};
