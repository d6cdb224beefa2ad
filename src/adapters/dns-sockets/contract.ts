// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../base/errors.ts';
import { errnoOf } from '../../sys/errno.ts';
import type {
  DnsConversationEvents,
  DnsServer,
  DnsService,
  DnsSockets,
  DnsTransport,
} from './dns-sockets.ts';

const echo: DnsService = (query, transport) => Buffer.from(`${transport} ${query.toString()}`);
const later: DnsService = async (query, transport) => {
  await Promise.resolve();
  return echo(query, transport);
};

/** The first thing that `server` says. */
const answerOf = async (
  sockets: DnsSockets,
  server: DnsServer,
  transport: DnsTransport,
  query: string,
): Promise<string> => {
  const answer = Promise.withResolvers<string>();
  const events: DnsConversationEvents = {
    received: (message) => answer.resolve(message.toString()),
    failed: answer.reject,
  };
  // The sockets do not keep the process alive, so that something else must.
  const alive = setInterval(() => undefined, 1000);
  using _conversation = sockets.ask(server, transport, Buffer.from(query), events);
  try {
    return await answer.promise;
  } finally {
    clearInterval(alive);
  }
};

/** What every implementation keeps. `address` is one of the loopback. */
export const dnsSocketsContract = (name: string, subject: () => DnsSockets, address: string): void => {
  for (const [kind, service] of [
    ['at once', echo],
    ['later', later],
  ] as const) {
    void test(`${name}: a service that answers ${kind} is reached by datagram and by connection`, async () => {
      const sockets = subject();
      using listener = sockets.listen({ address, port: 0 }, service);
      const { udpPort, tcpPort } = listener;
      assert.equal(await answerOf(sockets, { address, port: udpPort }, 'udp', 'one'), 'udp one');
      assert.equal(await answerOf(sockets, { address, port: tcpPort }, 'tcp', 'two'), 'tcp two');
    });
  }

  void test(`${name}: a port is taken once and free again`, () => {
    const sockets = subject();
    const first = sockets.listen({ address, port: 41_853 }, echo);
    assert.deepEqual([first.udpPort, first.tcpPort], [41_853, 41_853]);
    assert.throws(
      () => sockets.listen({ address, port: 41_853 }, echo),
      (error) => isKind(error, 'conflict') && errnoOf(error) === 'EADDRINUSE',
    );
    first[Symbol.dispose]();
  });
};
