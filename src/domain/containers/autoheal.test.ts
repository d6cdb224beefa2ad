// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type TestRoom } from '../../../test/support/container-room.ts';
import { sampleContainer } from '../../../test/support/sample-container.ts';
import type { ContainerId } from '../../base/ids.ts';
import { type Nanoseconds, seconds, type Timestamp } from '../../base/time.ts';
import { containerConfig, healthcheck } from '../../spec/container-config.ts';
import { networkingConfig } from '../../spec/endpoint-settings.ts';
import { hostConfig } from '../../spec/host-config.ts';
import { AUTOHEAL_LABEL, HealingGuard, isAutohealed } from './autoheal.ts';
import type { Container } from './container.ts';
import { createContainer } from './create.ts';
import { monitorTasks } from './monitor.ts';
import { pauseContainer } from './pause.ts';
import { shutDownContainers } from './shutdown.ts';
import { startContainer } from './start.ts';

const START = 1_000_000_000_000n as Timestamp;
const at = (secs: number): Timestamp => (START + seconds(secs)) as Timestamp;
const secs = (span: Nanoseconds): number => Number(span) / 1e9;

test('the label decides, and without one the daemon; without a check there is nothing to heal', () => {
  const check = { ...healthcheck.zero, test: ['CMD', 'true'] };
  const make = (label?: string) =>
    sampleContainer({
      config: { healthcheck: check, labels: label === undefined ? {} : { [AUTOHEAL_LABEL]: label } },
    });
  assert.equal(isAutohealed(make('true'), false), true);
  assert.equal(isAutohealed(make('TRUE'), false), true);
  assert.equal(isAutohealed(make('false'), true), false);
  assert.equal(isAutohealed(make('whatever'), true), false);
  assert.equal(isAutohealed(make(), true), true);
  assert.equal(isAutohealed(make(), false), false);
  assert.equal(
    isAutohealed(sampleContainer({ config: { labels: { [AUTOHEAL_LABEL]: 'true' } } }), true),
    false,
  );
});

test('healings in a row wait longer and longer, and twenty quiet minutes end the row', () => {
  const guard = new HealingGuard();
  const waits: number[] = [];
  let now = 0;
  for (let count = 0; count < 9; count += 1) {
    const { wait } = guard.turn('a', at(now));
    waits.push(secs(wait));
    now += secs(wait);
    const due = guard.turn('a', at(now));
    assert.deepEqual([due.wait, due.attempt], [0n, count + 1]);
    guard.healed('a', due.attempt, at(now));
  }
  assert.deepEqual(waits, [0, 10, 20, 40, 80, 160, 320, 600, 600]);
  assert.equal(guard.turn('a', at(now + 1200)).attempt, 1);
});

test('of many that are ill at once five are healed in a minute', () => {
  const guard = new HealingGuard();
  for (let count = 0; count < 5; count += 1) {
    const turn = guard.turn(`c${count}`, at(count));
    assert.equal(turn.wait, 0n);
    guard.healed(`c${count}`, turn.attempt, at(count));
  }
  const turn = guard.turn('c5', at(10));
  assert.deepEqual([secs(turn.wait), turn.reason], [50, 'too many healings']);
  assert.equal(guard.turn('c5', at(60)).wait, 0n);
});

const { signal } = new AbortController();

interface Scene {
  readonly room: TestRoom;
  readonly id: ContainerId;
  readonly container: () => Container;
  /** A probe has found it unhealthy. */
  readonly ill: () => void;
}

const scene = async (label = 'true'): Promise<Scene> => {
  const room = createTestRoom();
  const follower = new AbortController();
  const { ready, events } = room.containerd.events.subscribe(follower.signal);
  await ready;
  void monitorTasks(room.core, events);
  const { id } = await createContainer(
    room.core,
    {
      config: {
        ...containerConfig.zero,
        image: 'busybox',
        labels: { [AUTOHEAL_LABEL]: label },
        healthcheck: { ...healthcheck.zero, test: ['CMD', 'true'] },
      },
      hostConfig: hostConfig.zero,
      networking: networkingConfig.zero,
      warnings: [],
    },
    { signal },
  );
  await startContainer(room.core, id, { signal });
  room.core.health.endAll();
  const container = (): Container => room.core.ledger.get(id as ContainerId) as Container;
  const ill = (): void => {
    const { health } = container();
    if (!health) throw new Error('no health');
    const judged: Container = { ...container(), health: { ...health, status: 'unhealthy' } };
    room.core.ledger.show(judged);
    room.core.autoheal.unhealthy(judged);
  };
  return { room, id: id as ContainerId, container, ill };
};

const turns = async (isDone: () => boolean): Promise<void> => {
  for (let count = 0; count < 500 && !isDone(); count += 1) await new Promise(setImmediate);
};

test('an unhealthy container is ended and stands as restarting, with an event that says why', async () => {
  const { room, container, ill, id } = await scene();
  ill();
  await turns(() => container().state.status === 'restarting');
  assert.equal(container().state.status, 'restarting');
  assert.equal(container().restartCount, 1);
  assert.equal(container().manuallyStopped, false);
  assert.ok(room.core.scheduler.isPending(id));
  assert.deepEqual(
    room.events
      .filter(({ action }) => action.startsWith('autoheal'))
      .map(({ attributes }) => attributes?.['attempt']),
    ['1'],
  );
  assert.deepEqual(room.actions().slice(-3), ['container autoheal', 'network disconnect', 'container die']);
  room.core.scheduler.cancelAll();
});

test('nobody is healed who did not ask for it, was paused or asked to stop, or while the daemon stops', async () => {
  const cases: readonly (readonly [string, (scene: Scene) => Promise<void> | void])[] = [
    ['false', () => undefined],
    ['true', async ({ room, id }) => pauseContainer(room.core, id)],
    ['true', ({ room, id }) => room.core.intents.askStop(id)],
    ['true', async ({ room }) => shutDownContainers(room.core)],
  ];
  for (const [label, prepare] of cases) {
    const made = await scene(label);
    await prepare(made);
    made.ill();
    await turns(() => false);
    assert.ok(!made.room.actions().includes('container autoheal'));
    made.room.core.health.endAll();
  }
});
