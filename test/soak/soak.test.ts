// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../support/engine.ts';
import { docker, useEngine } from '../support/use-engine.ts';
import { descriptorsOf, type Holdings, type Leak, leaksBetween, takeHoldings } from './counts.ts';
import { type Fault, Findings } from './findings.ts';
import { Lane } from './lane.ts';
import { Victim } from './lives.ts';

/** Seconds of work; the full run is `BERTH_SOAK_SECONDS=300 npm run test:soak`. */
const SECONDS = Number(process.env['BERTH_SOAK_SECONDS'] ?? 60);
const CLIENTS = Number(process.env['BERTH_SOAK_CLIENTS'] ?? 20);
/** Containers that each client has at a time. */
const LANES = 10;
/** Milliseconds from one kill of the daemon to the next, about. */
const KILL_PAUSE = 20_000;
/** Bytes by which the daemon may have grown: caches, and a heap that has seen a storm. */
const GROWTH = 256 * 1024 * 1024;

/** Where the daemon's log is to be kept, for a look at what went wrong. */
const LOG = process.env['BERTH_SOAK_LOG'];

// Room for 200 containers beside those that are just being let go.
const FLAGS = ['--bip=172.29.0.1/20', ...(LOG === undefined ? [] : ['--debug'])];

const engine = useEngine({ flags: FLAGS, patience: 180_000 });

/** Things that are made at the first use of each kind belong to the state before. */
const warmUp = async (of: Engine): Promise<void> => {
  for (const rest of [
    ['-p', '80'],
    ['-v', '/data'],
    ['--network', 'none'],
  ])
    await docker(of, ['run', '--rm', ...rest, 'busybox', 'true']);
  await docker(of, ['run', '-d', '--name', 'warm', 'busybox', 'sleep', '600']);
  await docker(of, ['exec', 'warm', 'true']);
  await docker(of, ['rm', '-f', 'warm']);
  await sleep(2000);
};

/** Clients that only look, all the time: lists, statistics and events. */
const watch = async (of: Engine, victim: Victim, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await victim.up();
    const until = Math.floor(Date.now() / 1000) + 5;
    await Promise.allSettled([
      of.request('GET', '/v1.51/containers/json?all=1&size=1', { timeout: 60_000 }),
      of.request('GET', `/v1.51/events?until=${until}`, { timeout: 60_000 }),
      of.request('GET', '/v1.51/info', { timeout: 60_000 }),
    ]);
    await sleep(500);
  }
};

const work = async (victim: Victim, findings: Findings, context: TestContext): Promise<void> => {
  const over = new AbortController();
  const agents: http.Agent[] = [];
  const lanes = Array.from({ length: CLIENTS }, (_, client) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: LANES });
    agents.push(agent);
    return Array.from(
      { length: LANES },
      (__, index) =>
        new Lane({
          engine: engine(),
          agent,
          lives: victim,
          findings,
          name: `soak-${client}-${index}`,
          port: 21_000 + client * LANES + index,
          signal: over.signal,
        }),
    );
  }).flat();
  const working = Promise.all(lanes.map((lane) => lane.run()));
  const watching = watch(engine(), victim, over.signal);
  const killing = new AbortController();
  const haunting = victim.haunt(KILL_PAUSE, killing.signal);
  const failed = Promise.all([working, watching, haunting]).then(() => undefined);
  failed.catch(() => undefined);
  try {
    await Promise.race([sleep(SECONDS * 1000), failed]);
    killing.abort();
    await haunting;
  } finally {
    over.abort();
  }
  await Promise.all([working, watching]);
  context.diagnostic(`the work is done after ${victim.deaths} kills`);
  await Promise.all(lanes.map((lane) => lane.check()));
  await Promise.all(lanes.map((lane) => lane.finish()));
  for (const agent of agents) agent.destroy();
};

/** Waits until nothing is left over, or until more waiting would not help. */
const settle = async (before: Holdings, ids: ReadonlySet<string>): Promise<readonly Leak[]> => {
  for (let tries = 0; ; tries += 1) {
    const leaks = await leaksBetween(before, await takeHoldings(engine()), ids);
    if (leaks.every(({ count }) => count === 0) || tries === 30) return leaks;
    await sleep(1000);
  }
};

const keepLogs = async (path: string): Promise<void> => {
  await writeFile(path, await engine().log());
  await copyFile(join(engine().execRoot, 'containerd/containerd.log'), `${path}.containerd`);
};

const FAULTS: readonly Fault[] = ['lost', 'returned', 'wrong state', 'wrong answer', 'hung'];

it(`${CLIENTS * LANES} containers of ${CLIENTS} clients for ${SECONDS} s, the daemon killed every 20 s: nothing is lost, nothing left`, async (context) => {
  await warmUp(engine());
  const before = await takeHoldings(engine());
  const findings = new Findings();
  const victim = new Victim(engine(), FLAGS);
  await work(victim, findings, context);
  const left = await engine().request('GET', '/v1.51/containers/json?all=1');
  const leaks = await settle(before, findings.ids);
  const after = await takeHoldings(engine());
  const growth = after.memory - before.memory;
  const mega = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;
  const say = (line: string): void => context.diagnostic(line);
  say(`containers made ${findings.ids.size}, at most ${findings.most} at a time, kills ${victim.deaths}`);
  say(`daemon up again in ms: ${victim.startups.map((time) => Math.round(time)).join(' ')}`);
  say(`requests: ${JSON.stringify(findings.deeds)}`);
  for (const fault of FAULTS) say(`${fault.padEnd(20)} ${findings.count(fault)}`);
  for (const { what, count } of leaks) say(`leaked ${what.padEnd(13)} ${count}`);
  say(
    `memory ${mega(before.memory)} → ${mega(after.memory)}, descriptors ${before.descriptors} → ${after.descriptors}`,
  );
  for (const detail of findings.details) say(detail);
  for (const { what, count, examples } of leaks)
    if (count > 0) say(`${what}: ${examples.slice(0, 20).join(' ')}`);
  if (leaks.some(({ what, count }) => what === 'descriptors' && count > 0))
    say((await descriptorsOf(engine().pid)).toSorted().join(' '));
  if (LOG !== undefined) await keepLogs(LOG);
  assert.deepEqual(left.json, [], 'containers are listed that no client knows');
  assert.deepEqual(Object.fromEntries(FAULTS.map((fault) => [fault, findings.count(fault)])), {
    lost: 0,
    returned: 0,
    'wrong state': 0,
    'wrong answer': 0,
    hung: 0,
  });
  assert.deepEqual(
    leaks.filter(({ count }) => count > 0).map(({ what, count }) => `${what}: ${count}`),
    [],
  );
  assert.ok(growth < GROWTH, `the daemon grew by ${mega(growth)}`);
});
