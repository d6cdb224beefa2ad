// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Removal } from '../../../adapters/nftables/index.ts';
import { silentLog } from '../../../base/log.ts';
import { RuleKeeper } from './rule-keeper.ts';

interface Scene extends Disposable {
  readonly tell: (removal: Removal) => void;
  readonly putBacks: () => number;
  readonly keeper: RuleKeeper;
}

const setUp = (context: TestContext, putBack: () => void = () => undefined): Scene => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const state = { count: 0, listeners: [] as ((removal: Removal) => void)[] };
  const keeper = new RuleKeeper({
    nftables: {
      watch: (listener) => {
        state.listeners.push(listener);
        return { [Symbol.dispose]: () => (state.listeners = []) };
      },
    },
    firewall: {
      tables: ['berth-docker0'],
      putBack: () => {
        state.count += 1;
        putBack();
      },
    },
    log: silentLog,
  });
  return {
    keeper,
    tell: (removal) => {
      for (const listener of state.listeners) listener(removal);
    },
    putBacks: () => state.count,
    [Symbol.dispose]: () => keeper[Symbol.dispose](),
  };
};
const ours = (name?: string): Removal => ({
  table: 'berth-docker0',
  family: 'ip',
  ...(name === undefined ? {} : { name }),
});

test('rules that somebody takes away are put back once, however many there were', (context) => {
  using scene = setUp(context);
  for (const name of ['passing', 'published', undefined]) scene.tell(ours(name));
  assert.equal(scene.putBacks(), 0);
  context.mock.timers.tick(20);
  assert.equal(scene.putBacks(), 1);
  assert.equal(scene.keeper.times, 1);
});

test('what is of others, or of the users, is left alone; what the kernel could not tell is taken as ours', (context) => {
  using scene = setUp(context);
  scene.tell({ table: 'filter', family: 'ip' });
  scene.tell({ table: 'berth-docker0', family: 'other' });
  scene.tell(ours('DOCKER-USER'));
  context.mock.timers.tick(60_000);
  assert.equal(scene.putBacks(), 0);
  scene.tell('unknown');
  context.mock.timers.tick(20);
  assert.equal(scene.putBacks(), 1);
});

test('whoever takes them away again and again is answered ever later', (context) => {
  using scene = setUp(context);
  for (let time = 0; time < 6; time += 1) {
    scene.tell(ours());
    context.mock.timers.tick(20);
  }
  assert.equal(scene.putBacks(), 6);
  scene.tell(ours());
  context.mock.timers.tick(39);
  assert.equal(scene.putBacks(), 6);
  context.mock.timers.tick(1);
  assert.equal(scene.putBacks(), 7);
});

test('rules that could not be put back are tried again, until nobody wants them', (context) => {
  const state = { fails: true };
  const scene = setUp(context, () => {
    if (state.fails) throw new Error('busy');
  });
  scene.tell(ours());
  context.mock.timers.tick(20);
  state.fails = false;
  context.mock.timers.tick(20);
  context.mock.timers.tick(20);
  assert.equal(scene.putBacks(), 2);
  scene.tell(ours());
  scene[Symbol.dispose]();
  context.mock.timers.tick(60_000);
  assert.equal(scene.putBacks(), 2);
});
