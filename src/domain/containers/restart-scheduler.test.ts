// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerId } from '../../base/ids.ts';
import { seconds, toMilliseconds } from '../../base/time.ts';
import { RestartScheduler } from './restart-scheduler.ts';

const ID = 'x' as ContainerId;

/** A scheduler whose waits are noted and end when told. */
const scheduler = () => {
  const waits: number[] = [];
  const pending: (() => void)[] = [];
  const made = new RestartScheduler(async (span, signal) => {
    waits.push(toMilliseconds(span));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    pending.push(resolve);
    return promise;
  });
  return { made, waits, elapse: () => pending.shift()?.() };
};

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('short runs wait longer each time, a good run or a manual start begins anew', () => {
  const { made, waits } = scheduler();
  const again = async (): Promise<void> => undefined;
  made.schedule(ID, seconds(1), again);
  made.schedule(ID, seconds(1), again);
  made.schedule(ID, seconds(9), again);
  made.schedule(ID, seconds(10), again);
  made.schedule(ID, seconds(1), again);
  made.reset(ID);
  made.schedule(ID, seconds(1), again);
  deepEqual(waits, [100, 200, 400, 100, 200, 100]);
});

test('a start comes after its wait, and one that was cancelled never does', async () => {
  const { made, elapse } = scheduler();
  const starts: string[] = [];
  made.schedule(ID, seconds(1), async () => void starts.push('first'));
  equal(made.isPending(ID), true);
  elapse();
  await turn();
  deepEqual([starts, made.isPending(ID)], [['first'], false]);
  made.schedule(ID, seconds(1), async () => void starts.push('second'));
  equal(made.cancel(ID), true);
  equal(made.cancel(ID), false);
  elapse();
  await turn();
  deepEqual(starts, ['first']);
});
