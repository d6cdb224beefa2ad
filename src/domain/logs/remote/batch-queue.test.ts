// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { type MockTimers, test, type TestContext } from 'node:test';
import { EngineError } from '../../../base/errors.ts';
import { seconds } from '../../../base/time.ts';
import { type BatchPolicy, BatchQueue } from './batch-queue.ts';

/** A service that takes batches of texts: `failures` of them fail first, and `hold` keeps it busy. */
class Service {
  readonly taken: (readonly string[])[] = [];
  readonly lost: number[] = [];
  failures = 0;
  hold: Promise<void> | undefined;

  queue(policy: Partial<BatchPolicy<string>> = {}): BatchQueue<string> {
    return new BatchQueue<string>({
      mostEvents: 3,
      mostBytes: 100,
      sizeOf: (event) => event.length,
      delay: seconds(5),
      roomEvents: 6,
      roomBytes: 1000,
      whenFull: 'wait',
      keepFailed: false,
      send: async (batch) => {
        await this.hold;
        if (this.failures > 0) {
          this.failures -= 1;
          throw new EngineError('unavailable', 'not now');
        }
        this.taken.push(batch);
      },
      report: (_error, count = 0) => void this.lost.push(count),
      ...policy,
    });
  }
}

const settle = async (): Promise<void> => {
  for (let count = 0; count < 20; count += 1) await turn();
};

/** Time stands still until the test lets it pass. */
const freeze = ({ mock }: TestContext): MockTimers => {
  mock.timers.enable({ apis: ['setTimeout'] });
  return mock.timers;
};

test('a batch goes when it is full, the rest when its time has come', async (context) => {
  const timers = freeze(context);
  const service = new Service();
  const queue = service.queue();
  assert.equal(queue.add(['a', 'b', 'c', 'd']), undefined);
  await settle();
  assert.deepEqual(service.taken, [['a', 'b', 'c']]);
  timers.tick(5000);
  await settle();
  assert.deepEqual(service.taken, [['a', 'b', 'c'], ['d']]);
});

test('a batch has no more bytes than it may; an event that is larger goes alone', async (context) => {
  const timers = freeze(context);
  const service = new Service();
  const queue = service.queue();
  const [large, larger] = ['x'.repeat(60), 'y'.repeat(200)];
  void queue.add([large, large, larger]);
  await settle();
  timers.tick(5000);
  await settle();
  assert.deepEqual(service.taken, [[large], [large], [larger]]);
});

test('output waits while there is no room', async (context) => {
  freeze(context);
  const service = new Service();
  const free = Promise.withResolvers<void>();
  service.hold = free.promise;
  const room = service.queue().add(['1', '2', '3', '4', '5', '6']);
  assert.ok(room);
  free.resolve();
  await room;
  assert.deepEqual(service.taken, [
    ['1', '2', '3'],
    ['4', '5', '6'],
  ]);
});

test('the newest events are lost when nobody waits', async (context) => {
  freeze(context);
  const service = new Service();
  service.hold = Promise.withResolvers<void>().promise;
  const queue = service.queue({ whenFull: 'drop' });
  assert.equal(queue.add(['1', '2', '3', '4', '5', '6', '7', '8']), undefined);
  assert.deepEqual(service.lost, [2]);
});

test('a batch that fails is lost, or kept for the next try', async (context) => {
  const timers = freeze(context);
  const losing = new Service();
  losing.failures = 1;
  void losing.queue().add(['a', 'b', 'c']);
  await settle();
  assert.deepEqual([losing.taken, losing.lost], [[], [3]]);
  const keeping = new Service();
  keeping.failures = 1;
  void keeping.queue({ keepFailed: true }).add(['a', 'b', 'c']);
  await settle();
  assert.deepEqual(keeping.taken, []);
  timers.tick(5000);
  await settle();
  assert.deepEqual([keeping.taken, keeping.lost], [[['a', 'b', 'c']], []]);
});

test('a service that fails for long costs a batch each time there is no room', async (context) => {
  freeze(context);
  const service = new Service();
  service.failures = Infinity;
  const queue = service.queue({ keepFailed: true });
  await queue.add(['1', '2', '3', '4', '5', '6']);
  assert.deepEqual(service.lost, [3]);
});

test('the end sends what is left, and tells what could not be sent', async (context) => {
  freeze(context);
  const service = new Service();
  const queue = service.queue();
  void queue.add(['a']);
  await queue[Symbol.asyncDispose]();
  assert.deepEqual(service.taken, [['a']]);
  const failing = new Service();
  failing.failures = Infinity;
  const other = failing.queue({ keepFailed: true });
  void other.add(['a', 'b']);
  await other[Symbol.asyncDispose]();
  assert.deepEqual(failing.lost, [2]);
});
