// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom } from '../../../../test/support/container-room.ts';
import { createFakeCgroups, type FakeCgroups } from '../../../adapters/cgroups/fake.ts';
import { isKind } from '../../../base/errors.ts';
import { milliseconds, type Nanoseconds, now, seconds, type Timestamp } from '../../../base/time.ts';
import { containerConfig } from '../../../spec/container-config.ts';
import { networkingConfig } from '../../../spec/endpoint-settings.ts';
import { hostConfig, type HostConfig } from '../../../spec/host-config.ts';
import type { Core } from '../core.ts';
import { createContainer } from '../create.ts';
import { deleteContainer } from '../delete.ts';
import { startContainer } from '../start.ts';
import { StatsSampler } from './sampler.ts';
import { containerStats, type StatsDeps } from './stats.ts';
import { takeSample, watchSamples } from './take-sample.ts';

const { signal } = new AbortController();
const NO_CPU = { total: 5, kernel: 0, user: 0, periods: 0, throttledPeriods: 0, throttledTime: 0 };
const NO_COUNTS = {
  rxBytes: 1,
  rxPackets: 0,
  rxErrors: 0,
  rxDropped: 0,
  txBytes: 0,
  txPackets: 0,
  txErrors: 0,
  txDropped: 0,
};

interface Scene {
  readonly core: Core & StatsDeps;
  readonly cgroups: FakeCgroups;
  /** Lets time pass; what comes round every second does. */
  readonly pass: (span: Nanoseconds) => void;
  readonly timers: () => number;
}

const scene = (): Scene => {
  const cgroups = createFakeCgroups();
  const { core } = createTestRoom({ cgroups });
  const works = new Map<() => void, Nanoseconds>();
  let moment: bigint = now();
  const sampler = new StatsSampler({
    find: (id) => core.ledger.get(id),
    open: (container) => watchSamples(core, container),
    machine: () => cgroups.machine(),
    clock: {
      now: () => moment as Timestamp,
      every: (span, work) => {
        works.set(work, span);
        return { [Symbol.dispose]: () => void works.delete(work) };
      },
    },
  });
  return {
    core: { ...core, sampler },
    cgroups,
    timers: () => works.size,
    pass: (span) => {
      moment += span;
      for (const work of works.keys()) work();
    },
  };
};

const make = async ({ core }: Scene, host: Partial<HostConfig> = {}): Promise<string> => {
  const request = {
    config: { ...containerConfig.zero, image: 'busybox' },
    hostConfig: { ...hostConfig.zero, ...host },
    networking: networkingConfig.zero,
    warnings: [],
  };
  return (await createContainer(core, request, { signal })).id;
};

const run = async (it: Scene, host: Partial<HostConfig> = {}): Promise<string> => {
  const id = await make(it, host);
  await startContainer(it.core, id, { signal });
  it.cgroups.groups.set(`/docker/${id}`, { version: '1', cpu: NO_CPU });
  const { state } = it.core.ledger.resolve(id);
  assert.ok(state.status === 'running');
  it.cgroups.processes.set(state.pid, new Map(['lo', 'eth0', 'tun0'].map((name) => [name, NO_COUNTS])));
  return id;
};

const STREAM = { stream: true, oneShot: false, signal };
const SINGLE = { stream: false, oneShot: false, signal };

test('all watchers of a container share one look a second, and nothing is read when they are gone', async () => {
  const it = scene();
  const id = await run(it);
  const watchers = [1, 2, 3].map(() => containerStats(it.core, id, STREAM)[Symbol.asyncIterator]());
  const first = await Promise.all(watchers.map(async (each) => each.next()));
  assert.equal(it.cgroups.reads(), 1);
  assert.ok(first.every(({ value }) => value?.current !== undefined && value.previous === undefined));
  const second = Promise.all(watchers.map(async (each) => each.next()));
  it.pass(seconds(1));
  const looks = (await second).map(({ value }) => value);
  assert.ok(looks.every((value) => value?.current === looks[0]?.current));
  assert.ok(looks.every((value) => value?.previous === first[0]?.value?.current));
  assert.deepEqual([it.cgroups.reads(), it.timers()], [2, 1]);
  await Promise.all(watchers.map(async (each) => each.return?.()));
  assert.equal(it.timers(), 0);
});

test('a tick that follows too soon upon a first look is left out', async () => {
  const it = scene();
  const [one, two] = [await run(it), await run(it)];
  const first = containerStats(it.core, one, STREAM)[Symbol.asyncIterator]();
  await first.next();
  const second = containerStats(it.core, two, STREAM)[Symbol.asyncIterator]();
  await second.next();
  it.pass(milliseconds(100));
  assert.equal(it.cgroups.reads(), 2);
  it.pass(milliseconds(900));
  assert.equal(it.cgroups.reads(), 4);
  await Promise.all([first.return?.(), second.return?.()]);
});

test('a single answer is the second look, one shot the first', async () => {
  const it = scene();
  const id = await run(it);
  const single = containerStats(it.core, id, SINGLE)[Symbol.asyncIterator]();
  const answer = single.next();
  // The first look is taken in before the second can come.
  await new Promise((resolve) => setImmediate(resolve));
  it.pass(seconds(1));
  const { value } = await answer;
  assert.ok(value?.current && value.previous);
  assert.equal((await single.next()).done, true);
  assert.equal(it.timers(), 0);
  const shot = containerStats(it.core, id, { ...SINGLE, oneShot: true })[Symbol.asyncIterator]();
  const only = (await shot.next()).value;
  assert.ok(only?.current && only.previous === undefined);
});

test('one that does not run has nothing to tell: at once, or once a second until it is removed', async () => {
  const it = scene();
  const id = await make(it);
  const single = containerStats(it.core, id, SINGLE)[Symbol.asyncIterator]();
  assert.deepEqual(Object.keys((await single.next()).value ?? {}), ['container']);
  const stream = containerStats(it.core, id, STREAM)[Symbol.asyncIterator]();
  assert.deepEqual(Object.keys((await stream.next()).value ?? {}), ['container']);
  const next = stream.next();
  await deleteContainer(it.core, id, { force: false, volumes: false, link: false });
  it.pass(seconds(1));
  assert.equal((await next).done, true);
  assert.equal(it.timers(), 0);
});

test('interfaces are those of networks, and none of the host', async () => {
  const it = scene();
  const ids = [await run(it), await run(it, { networkMode: 'host' })];
  const shared = await run(it, { networkMode: `container:${ids[1]}` });
  const names = [...ids, shared].map((id) => {
    const sample = takeSample(it.core, it.core.ledger.resolve(id));
    return [...(sample?.interfaces.keys() ?? [])];
  });
  assert.deepEqual(names, [['eth0'], [], []]);
});

test('a stream of one shot is refused', async () => {
  const it = scene();
  const id = await make(it);
  assert.throws(
    () => containerStats(it.core, id, { ...STREAM, oneShot: true }),
    (error) => isKind(error, 'invalid-argument'),
  );
});
