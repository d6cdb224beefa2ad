// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, useEngine } from '../support/use-engine.ts';
import { descriptorsOf, type Leak, leaksBetween } from './counts.ts';
import { type Fault, Findings } from './findings.ts';
import { Victim } from './lives.ts';
import { NetworkClient } from './network-client.ts';
import { type NetworkHoldings, takeNetworkHoldings } from './network-counts.ts';
import { clearStage, fillNarrow, NARROW_ADDRESSES, type Place, setStage } from './network-stage.ts';

/** Seconds of work; the full run is `BERTH_SOAK_SECONDS=300 npm run test:soak`. */
const SECONDS = Number(process.env['BERTH_SOAK_SECONDS'] ?? 60);
const CLIENTS = Number(process.env['BERTH_SOAK_CLIENTS'] ?? 20);
/** Milliseconds from one kill of the daemon to the next, about. */
const KILL_PAUSE = 15_000;

/** Milliseconds from one flush of all the host's rules to the next, about. */
const FLUSH_PAUSE = 7_000;

/** Where the daemon's log is to be kept, for a look at what went wrong. */
const LOG = process.env['BERTH_SOAK_LOG'];

// The server at that address knows no name: what is not a container's is nobody's.
const FLAGS = [
  '--dns=198.51.100.1',
  '--default-address-pool=base=10.80.0.0/16,size=24',
  ...(LOG === undefined ? [] : ['--debug']),
];

const engine = useEngine({ flags: FLAGS, patience: 180_000 });

/** Things that are made at the first use of each kind belong to the state before. */
const warmUp = async (): Promise<void> => {
  const tmpfs = ['--opt', 'type=tmpfs', '--opt', 'device=tmpfs', 'warm'];
  await docker(engine(), ['network', 'create', '--ipv6', '--subnet', 'fd51:80::/64', 'warm']);
  await docker(engine(), ['volume', 'create', ...tmpfs]);
  const run = ['run', '-d', '--name', 'warm', '--network', 'warm', '-p', '80', '-v', 'warm:/data'];
  await docker(engine(), [...run, 'busybox', 'sleep', '600']);
  await docker(engine(), ['exec', 'warm', 'true']);
  await docker(engine(), ['rm', '-f', 'warm']);
  await docker(engine(), ['volume', 'rm', 'warm']);
  await docker(engine(), ['network', 'rm', 'warm']);
  await sleep(2000);
};

/** Somebody takes all rules of the host away now and then, while the daemon lives, until told to end. */
const flush = async (victim: Victim, findings: Findings, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await sleep(FLUSH_PAUSE * (0.4 + Math.random() * 1.2), undefined, { signal }).catch(() => undefined);
    await victim.up();
    await engine().netns.run(['nft', 'flush', 'ruleset']);
    findings.deed('flushed rule sets');
  }
};

const work = async (victim: Victim, findings: Findings, places: readonly Place[]): Promise<void> => {
  const over = new AbortController();
  const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS * 2 });
  const clients = Array.from(
    { length: CLIENTS },
    (_, index) =>
      new NetworkClient({
        engine: engine(),
        agent,
        lives: victim,
        findings,
        index,
        port: 21_000 + index,
        places,
        signal: over.signal,
      }),
  );
  const working = Promise.all(clients.map((client) => client.run()));
  const killing = new AbortController();
  const haunting = victim.haunt(KILL_PAUSE, killing.signal);
  const flushing = flush(victim, findings, killing.signal);
  const failed = Promise.all([working, haunting, flushing]).then(() => undefined);
  failed.catch(() => undefined);
  try {
    await Promise.race([sleep(SECONDS * 1000), failed]);
    killing.abort();
    await Promise.all([haunting, flushing]);
  } finally {
    over.abort();
  }
  await working;
  await Promise.all(clients.map((client) => client.finish()));
  agent.destroy();
};

/** Waits until nothing is left over, or until more waiting would not help. */
const settle = async (before: NetworkHoldings, ids: ReadonlySet<string>): Promise<readonly Leak[]> => {
  for (let tries = 0; ; tries += 1) {
    const leaks = await leaksBetween(before, await takeNetworkHoldings(engine()), ids);
    if (leaks.every(({ count }) => count === 0) || tries === 30) return leaks;
    await sleep(1000);
  }
};

const keepLogs = async (path: string): Promise<void> => {
  await writeFile(path, await engine().log());
  await copyFile(join(engine().execRoot, 'containerd/containerd.log'), `${path}.containerd`);
};

const FAULTS: readonly Fault[] = ['wrong name', 'dead port', 'held port', 'lost', 'wrong answer', 'hung'];

it(`${CLIENTS} clients in 10 networks for ${SECONDS} s, the daemon killed every 15 s, its rules flushed every 7 s: names and ports are right, nothing is left`, async (context) => {
  await warmUp();
  const before = await takeNetworkHoldings(engine());
  const stage = await setStage(engine());
  const findings = new Findings();
  const victim = new Victim(engine(), FLAGS);
  await work(victim, findings, stage.places);
  const filled = await fillNarrow(engine());
  await clearStage(engine(), stage);
  const leaks = [
    ...(await settle(before, findings.ids)),
    { what: 'addresses', count: NARROW_ADDRESSES - filled, examples: [] },
  ];
  const say = (line: string): void => context.diagnostic(line);
  say(`containers made ${findings.ids.size}, at most ${findings.most} at a time, kills ${victim.deaths}`);
  say(`daemon up again in ms: ${victim.startups.map((time) => Math.round(time)).join(' ')}`);
  say(`requests: ${JSON.stringify(findings.deeds)}`);
  for (const fault of FAULTS) say(`${fault.padEnd(20)} ${findings.count(fault)}`);
  for (const { what, count } of leaks) say(`leaked ${what.padEnd(16)} ${count}`);
  for (const detail of findings.details) say(detail);
  for (const { what, count, examples } of leaks)
    if (count > 0) say(`${what}: ${examples.slice(0, 20).join(' ')}`);
  if (leaks.some(({ what, count }) => what === 'descriptors' && count > 0))
    say((await descriptorsOf(engine().pid)).toSorted().join(' '));
  if (LOG !== undefined) await keepLogs(LOG);
  assert.deepEqual(
    FAULTS.filter((fault) => findings.count(fault) > 0).map((fault) => `${fault}: ${findings.count(fault)}`),
    [],
  );
  assert.deepEqual(
    leaks.filter(({ count }) => count > 0).map(({ what, count }) => `${what}: ${count}`),
    [],
  );
});
