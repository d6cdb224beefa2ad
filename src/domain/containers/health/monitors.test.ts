// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type TestRoom } from '../../../../test/support/container-room.ts';
import { EngineError } from '../../../base/errors.ts';
import type { ContainerId } from '../../../base/ids.ts';
import { silentLog } from '../../../base/log.ts';
import { type Nanoseconds, now, seconds, type Timestamp } from '../../../base/time.ts';
import { containerConfig, healthcheck, type HealthcheckConfig } from '../../../spec/container-config.ts';
import { networkingConfig } from '../../../spec/endpoint-settings.ts';
import { hostConfig } from '../../../spec/host-config.ts';
import type { Core } from '../core.ts';
import { createContainer } from '../create.ts';
import type { Execs } from '../exec/execs.ts';
import type { RunOutcome } from '../exec/run-exec.ts';
import { pauseContainer } from '../pause.ts';
import { startContainer } from '../start.ts';
import { unpauseContainer } from '../unpause.ts';
import { type HealthClock, HealthMonitors } from './monitors.ts';
import { runProbe } from './probe.ts';

const { signal } = new AbortController();

/** A clock that goes on when the test turns it. */
class HandClock implements HealthClock {
  readonly #waits = new Set<{ readonly until: bigint; readonly wake: () => void }>();
  #slept = Promise.withResolvers<Nanoseconds>();
  #now: bigint = now();

  now = (): Timestamp => this.#now as Timestamp;

  sleep = async (span: Nanoseconds, over: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const wait = { until: this.#now + span, wake: resolve };
    this.#waits.add(wait);
    over.addEventListener('abort', () => reject(over.reason as Error));
    this.#slept.resolve(span);
    await promise.finally(() => this.#waits.delete(wait));
  };

  /** Resolves with the span of the next wait that begins. */
  async nextSleep(): Promise<Nanoseconds> {
    const span = await this.#slept.promise;
    this.#slept = Promise.withResolvers();
    return span;
  }

  turn(span: Nanoseconds): void {
    this.#now += span;
    for (const { until, wake } of this.#waits) if (until <= this.#now) wake();
  }
}

interface Scene {
  readonly room: TestRoom;
  readonly core: Core;
  readonly clock: HandClock;
  readonly id: ContainerId;
  readonly runs: (readonly string[])[];
}

const OK: RunOutcome = { exitCode: 0, output: Buffer.from('fine'), truncated: false };

/** A running container with a check whose probes answer `outcome`. */
const scene = async (
  outcome: (signal: AbortSignal) => Promise<RunOutcome>,
  check: Partial<HealthcheckConfig> = {},
): Promise<Scene> => {
  const room = createTestRoom();
  const clock = new HandClock();
  const runs: (readonly string[])[] = [];
  const execs: Pick<Execs, 'run'> = {
    run: async (_, request, options) => {
      runs.push(request.cmd);
      return outcome(options.signal);
    },
  };
  const health = new HealthMonitors({
    ledger: room.core.ledger,
    log: silentLog,
    clock,
    probe: async (container, over) => runProbe({ execs }, container, over),
  });
  const core = { ...room.core, health };
  const request = {
    config: {
      ...containerConfig.zero,
      image: 'busybox',
      healthcheck: { ...healthcheck.zero, test: ['CMD', 'probe'], ...check },
    },
    hostConfig: hostConfig.zero,
    networking: networkingConfig.zero,
    warnings: [],
  };
  const { id } = await createContainer(core, request, { signal });
  await startContainer(core, id, { signal });
  return { room, core, clock, id: id as ContainerId, runs };
};

const healthOf = ({ core, id }: Scene) => core.ledger.get(id)?.health;

/** Lets the probe that is due run, and gives what the monitor waits for next. */
const probe = async ({ clock }: Scene, span = seconds(30)): Promise<Nanoseconds> => {
  clock.turn(span);
  return clock.nextSleep();
};

const told = ({ room }: Scene): readonly string[] =>
  room.actions().filter((action) => action.includes('health'));

test('a run begins as starting, and its first success makes it healthy, once told', async () => {
  const it = await scene(async () => OK);
  assert.deepEqual(healthOf(it), { status: 'starting', failingStreak: 0, log: [] });
  assert.match(JSON.stringify([...it.room.store.saved.values()]), /"Status":"starting"/);
  assert.equal(await it.clock.nextSleep(), seconds(30));
  await probe(it);
  await probe(it);
  assert.equal(healthOf(it)?.status, 'healthy');
  assert.deepEqual(
    healthOf(it)?.log.map(({ exitCode, output }) => [exitCode, output]),
    [
      [0, 'fine'],
      [0, 'fine'],
    ],
  );
  assert.deepEqual(told(it), ['container health_status: healthy']);
  assert.deepEqual(it.runs, [['probe'], ['probe']]);
  assert.deepEqual(it.core.health.counts, { total: 2, failed: 0 });
  it.core.health.endAll();
});

test('a probe that cannot be run, takes too long or says too much is a result, too', async () => {
  const answers = [
    async () => Promise.reject(new EngineError('invalid-argument', 'exec: "probe": not found')),
    async () => ({ exitCode: undefined, output: Buffer.from('part'), truncated: true }),
    async () => ({ exitCode: undefined, output: new Uint8Array(), truncated: false }),
  ];
  const it = await scene(async () => (answers.shift() ?? (async () => OK))(), { retries: 3 });
  await it.clock.nextSleep();
  for (let count = 0; count < 3; count += 1) await probe(it);
  assert.deepEqual(
    healthOf(it)?.log.map(({ exitCode, output }) => [exitCode, output]),
    [
      [-1, 'exec: "probe": not found'],
      [-1, 'Health check exceeded timeout (30s): part...'],
      [-1, 'Health check exceeded timeout (30s)'],
    ],
  );
  assert.deepEqual(told(it), ['container health_status: unhealthy']);
  assert.deepEqual(it.core.health.counts, { total: 3, failed: 3 });
  it.core.health.endAll();
});

test('a pause ends the monitor and shows unhealthy until the next probe after it', async () => {
  const it = await scene(async () => OK);
  await it.clock.nextSleep();
  await probe(it);
  await pauseContainer(it.core, it.id);
  assert.equal(healthOf(it)?.status, 'unhealthy');
  it.clock.turn(seconds(300));
  assert.equal(it.runs.length, 1);
  await unpauseContainer(it.core, it.id);
  assert.equal(healthOf(it)?.status, 'unhealthy');
  await it.clock.nextSleep();
  await probe(it);
  assert.equal(healthOf(it)?.status, 'healthy');
  it.core.health.endAll();
});

test('a probe under way when the monitor ends is ended and does not count', async () => {
  const began = Promise.withResolvers<AbortSignal>();
  const it = await scene(async (over) => {
    began.resolve(over);
    return new Promise((_, reject) => over.addEventListener('abort', () => reject(over.reason as Error)));
  });
  await it.clock.nextSleep();
  it.clock.turn(seconds(30));
  const over = await began.promise;
  it.core.health.end(it.id);
  assert.ok(over.aborted);
  await Promise.resolve();
  assert.deepEqual(it.core.health.counts, { total: 0, failed: 0 });
  assert.deepEqual(healthOf(it)?.log, []);
});

test('NONE and unknown forms are no check', async () => {
  for (const none of [['NONE'], ['WHAT', 'ever']]) {
    const it = await scene(async () => OK, { test: none });
    assert.equal(healthOf(it), undefined);
    it.clock.turn(seconds(300));
    assert.equal(it.runs.length, 0);
  }
});
