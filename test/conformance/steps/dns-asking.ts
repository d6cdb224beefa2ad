// SPDX-License-Identifier: Apache-2.0
import { TYPE } from '../../../src/spec/dns/message.ts';
import { reverseName } from '../../../src/spec/dns/reverse.ts';
import { parseIp } from '../../../src/spec/ip.ts';
import { type DnsAsk, askInside } from '../../support/dns-query.ts';
import { spawnDnsUpstream } from '../../support/dns-upstream.ts';
import type { Engine } from '../../support/engine.ts';
import { type Step, cli, custom } from '../step.ts';

/** The networks of the group. */
export const NETWORK = 'resolved';
/** The second one, with addresses of both families. */
export const OTHER = 'resolved2';
/** The host's addresses in the two networks: the test's servers listen there. */
export const SERVERS = ['10.88.0.1', '10.89.0.1'] as const;

/** A container that waits. */
export const run = (name: string, ...args: readonly string[]): Step =>
  cli(name, ['run', '-d', '--stop-signal', 'KILL', ...args, 'busybox', 'sleep', '600']);
/** A command of the CLI, named by itself. */
export const silently = (...args: readonly string[]): Step => cli(args.join(' '), args);

const pidOf = async (engine: Engine, container: string): Promise<string> =>
  (await engine.docker(['inspect', '-f', '{{.State.Pid}}', container])).stdout.trim();

/** A question: A unless it says otherwise. */
export type Ask = readonly [name: string, type?: number, more?: Partial<DnsAsk>];

/** What the resolver of a container says to each question, by the question; the host's servers 1 and 2 are there. */
export const told = async (engine: Engine, container: string, asks: readonly Ask[]): Promise<object> => {
  await using _servers = new AsyncDisposableStack();
  for (const [index, address] of SERVERS.entries())
    _servers.use(await spawnDnsUpstream((command) => engine.netns.enter(command), address, index + 1));
  const replies = await askInside(
    await pidOf(engine, container),
    asks.map(([name, type = TYPE.a, more = {}]) => ({ name, type, patience: 9000, ...more })),
  );
  return Object.fromEntries(
    replies.map(({ rcode, answers, flags, ttls, edns }, index) => {
      const [name, type = TYPE.a, more = {}] = asks[index] ?? [''];
      const key = `${name} ${type} ${JSON.stringify(more)}`;
      if (rcode === undefined) return [key, 'no reply'];
      const all = [...new Set(answers)].toSorted().join(' ');
      const ages = [...new Set(ttls)].join(' ');
      return [key, `${rcode} [${flags}]${edns ? ' EDNS' : ''} ${answers.length}: ${all} for ${ages}`];
    }),
  );
};

/** What the resolver of a container says; `covers` are rows of DNS. */
export const asked = (
  name: string,
  covers: readonly string[],
  container: string,
  ...asks: readonly Ask[]
): Step =>
  custom(name, async ({ engine }) => told(engine, container, asks), {
    covers: covers.map((row) => `network: dns ${row}`),
  });

/** Asks for the name of an address. */
export const pointer = (address: string): Ask => {
  const ip = parseIp(address);
  if (!ip) throw new Error(address);
  return [reverseName(ip), TYPE.ptr];
};

/** What is changed by the CLI, and what the resolver says right after. */
export const after = (
  name: string,
  covers: readonly string[],
  change: readonly string[],
  container: string,
  ...asks: readonly Ask[]
): Step =>
  custom(
    name,
    async ({ engine }) => {
      const { code, stderr } = await engine.docker(change);
      return { code, stderr, told: await told(engine, container, asks) };
    },
    { covers: covers.map((row) => `network: dns ${row}`) },
  );
