// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { milliseconds, type Nanoseconds, seconds, toMilliseconds } from '../../base/time.ts';
import { nextDelay, shouldRestart, shouldStartAtBoot } from './restart-policy.ts';

const policy = (name: string, maximumRetryCount = 0) => ({ name, maximumRetryCount });
const end = { exitCode: 1, restartCount: 0, stopAsked: false };

test('always and unless-stopped bring a container back, whatever its exit code', () => {
  for (const name of ['always', 'unless-stopped'])
    equal(shouldRestart(policy(name), { ...end, exitCode: 0 }), true);
  equal(shouldRestart(policy('no'), end), false);
});

test('nothing comes back at once after it was stopped', () => {
  for (const name of ['always', 'unless-stopped', 'on-failure'])
    equal(shouldRestart(policy(name), { ...end, stopAsked: true }), false);
});

test('on-failure counts', () => {
  equal(shouldRestart(policy('on-failure'), { ...end, exitCode: 0 }), false);
  equal(shouldRestart(policy('on-failure', 3), { ...end, restartCount: 2 }), true);
  equal(shouldRestart(policy('on-failure', 3), { ...end, restartCount: 3 }), false);
  equal(shouldRestart(policy('on-failure'), { ...end, restartCount: 99 }), true);
});

test('at boot always starts what was stopped by hand, unless-stopped does not', () => {
  const stopped = { hasBeenStarted: true, manuallyStopped: true, exitCode: 0, restartCount: 0 };
  equal(shouldStartAtBoot(policy('always'), stopped), true);
  equal(shouldStartAtBoot(policy('unless-stopped'), stopped), false);
  equal(shouldStartAtBoot(policy('unless-stopped'), { ...stopped, manuallyStopped: false }), true);
  equal(shouldStartAtBoot(policy('always'), { ...stopped, hasBeenStarted: false }), false);
});

test('the wait doubles from 100 ms to a minute, and begins anew after ten good seconds', () => {
  const waits: number[] = [];
  let delay: Nanoseconds | undefined;
  for (let run = 0; run < 12; run += 1) {
    delay = nextDelay(delay, seconds(1));
    waits.push(toMilliseconds(delay));
  }
  deepEqual(waits.slice(0, 3), [100, 200, 400]);
  equal(waits.at(-1), 60_000);
  equal(nextDelay(delay, seconds(10)), milliseconds(100));
});
