// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { TYPE } from '../../../src/spec/dns/message.ts';
import { type DnsTold, askInside } from '../../support/dns-query.ts';
import { FORGED, spawnDnsUpstream } from '../../support/dns-upstream.ts';
import type { Engine } from '../../support/engine.ts';
import { busyboxArchive } from '../../support/image-archive.ts';
import { startBerth } from '../../support/start-berth.ts';
import { findDockerd, startDockerd } from '../../support/start-dockerd.ts';
import { docker } from '../../support/use-engine.ts';

const GATEWAY = '10.66.0.1';
/** Nobody is there: the network has no such neighbour. */
const ABSENT = '10.66.0.99';
const GOOD = 7;
const EACH = 10;

/** The servers of a container, and what they are asked for. */
const CASES: Readonly<
  Record<string, { readonly servers: readonly string[]; readonly kinds: readonly string[] }>
> = {
  'one server': {
    servers: [GATEWAY],
    kinds: [
      'good',
      'absent',
      'empty',
      'failing',
      'refused',
      'slow',
      'silent',
      'twice',
      'lie',
      'liar',
      'garbage',
      'babble',
      'big',
      'long',
    ],
  },
  'the first is not there': { servers: [ABSENT, GATEWAY], kinds: ['good', 'absent'] },
  'two are not there': { servers: [ABSENT, '10.66.0.98', GATEWAY], kinds: ['good'] },
  'none is there': { servers: [ABSENT], kinds: ['good'] },
};

/** What an answer is worth, the best first. */
const outcomeOf = ({ rcode, answers, flags }: DnsTold): string => {
  if (rcode === undefined) return 'no reply';
  if (answers.includes(`192.0.2.${FORGED}`)) return 'forged';
  if (answers.length > 0) return 'answer';
  if (flags.includes('tc')) return 'cut';
  return ['empty', 'format error', 'SERVFAIL', 'NXDOMAIN', '', 'REFUSED'][rcode] ?? `${rcode}`;
};

type Counts = ReadonlyMap<string, number>;
/** How often each came. */
const countOf = (told: readonly DnsTold[]): Counts => {
  const counts = new Map<string, number>();
  for (const each of told) counts.set(outcomeOf(each), (counts.get(outcomeOf(each)) ?? 0) + 1);
  return counts;
};

interface Measured {
  readonly counts: Counts;
  /** Milliseconds. */
  readonly slowest: number;
}
type Results = ReadonlyMap<string, Measured>;

const askAll = async (
  pid: string,
  name: string,
  kinds: readonly string[],
): Promise<readonly (readonly [string, Measured])[]> => {
  const turns = Array.from({ length: EACH }, (_, turn) => turn);
  const replies = await askInside(
    pid,
    kinds.flatMap((kind) =>
      turns.map((turn) => ({ name: `${kind}.${turn}.example`, type: TYPE.a, patience: 11_000 })),
    ),
  );
  return kinds.map((kind, place) => {
    const own = replies.slice(place * EACH, (place + 1) * EACH);
    const slowest = Math.max(...own.map(({ took }) => took));
    return [`${name}: ${kind}`, { counts: countOf(own), slowest }];
  });
};

const measureCase = async (engine: Engine, name: string, index: number): Promise<Results> => {
  const { servers, kinds } = CASES[name] ?? assert.fail(name);
  const dns = servers.map((server) => `--dns=${server}`);
  const place = ['--network', 'faulty', '--name', `asker${index}`];
  await docker(engine, ['run', '-d', ...place, ...dns, 'busybox', 'sleep', '600']);
  const pid = await docker(engine, ['inspect', '-f', '{{.State.Pid}}', `asker${index}`]);
  const first = await askAll(pid, name, kinds);
  const again = servers.length === 1 ? [] : await askAll(pid, `${name}, asked again`, kinds);
  return new Map([...first, ...again]);
};

const measure = async (start: () => Promise<Engine>): Promise<Results> => {
  const engine = await start();
  try {
    await engine.docker(['load'], { input: busyboxArchive() });
    await docker(engine, ['network', 'create', '--subnet', '10.66.0.0/24', 'faulty']);
    await using _upstream = await spawnDnsUpstream((command) => engine.netns.enter(command), GATEWAY, GOOD);
    const cases = Object.keys(CASES).map((name, index) => measureCase(engine, name, index));
    return new Map((await Promise.all(cases)).flatMap((results) => [...results]));
  } finally {
    await engine.stop();
  }
};

const shown = (measured: Measured | undefined): string => {
  if (!measured) return '–';
  const counts = [...measured.counts].map(([outcome, count]) => `${count} × ${outcome}`).join(', ');
  return `${counts} in ${(measured.slowest / 1000).toFixed(1)} s`;
};

/** What an outcome is worth: the greatest number is the worst. What the server truly says is worth most. */
const WORTH: Readonly<Record<string, number>> = {
  answer: 0,
  empty: 0,
  NXDOMAIN: 0,
  cut: 1,
  SERVFAIL: 2,
  REFUSED: 2,
  'no reply': 3,
  forged: 4,
};
const worstOf = ({ counts }: Measured): number =>
  Math.max(...[...counts.keys()].map((outcome) => WORTH[outcome] ?? 5));

it('upstreams that are dead, slow or lying end as with dockerd or better', async (context) => {
  const [berth, dockerd] = await Promise.all([
    measure(startBerth),
    findDockerd() === undefined ? undefined : measure(startDockerd),
  ]);
  const worse: string[] = [];
  for (const [row, own] of berth) {
    const other = dockerd?.get(row);
    context.diagnostic(`${row}: dockerd ${shown(other)}; berth ${shown(own)}`);
    if (worstOf(own) > Math.min(2, other ? worstOf(other) : 2)) worse.push(row);
    assert.ok(!own.counts.has('forged') && !own.counts.has('no reply'), row);
  }
  context.diagnostic(`worse than dockerd: ${worse.length} of ${berth.size}`);
  assert.deepEqual(worse, []);
  for (const kind of ['good', 'lie', 'garbage', 'twice', 'slow', 'big', 'long'])
    assert.deepEqual([...(berth.get(`one server: ${kind}`)?.counts ?? [])], [['answer', EACH]], kind);
});
