// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Nanoseconds, seconds, type Timestamp } from '../../../base/time.ts';
import { healthcheck, type HealthcheckConfig } from '../../../spec/container-config.ts';
import {
  beginHealth,
  endHealth,
  type Health,
  type HealthResult,
  judgeProbe,
  nextInterval,
  probeCommand,
  probeTimeout,
} from './health.ts';

const START = 1_000_000_000_000n as Timestamp;

const check = (change: Partial<HealthcheckConfig> = {}): HealthcheckConfig => ({
  ...healthcheck.zero,
  test: ['CMD', 'true'],
  ...change,
});

const span = (count: number): number => Number(seconds(count));

const result = (exitCode: number, after = 100): HealthResult => {
  const start = (START + seconds(after)) as Timestamp;
  return { start, end: start, exitCode, output: '' };
};

const judge = (health: Health, code: number, asked = check(), after = 100): Health =>
  judgeProbe(health, asked, result(code, after), START);

test('a probe is a command, a line for the shell, or nothing', () => {
  assert.deepEqual(probeCommand(check({ test: ['CMD', 'a', 'b'] }), undefined), ['a', 'b']);
  assert.deepEqual(probeCommand(check({ test: ['CMD-SHELL', 'a b'] }), undefined), ['/bin/sh', '-c', 'a b']);
  assert.deepEqual(probeCommand(check({ test: ['CMD-SHELL', 'a'] }), ['/bin/ash', '-c']), [
    '/bin/ash',
    '-c',
    'a',
  ]);
  for (const none of [['NONE'], [], ['SOMETHING', 'else']])
    assert.equal(probeCommand(check({ test: none }), undefined), undefined);
  assert.equal(probeCommand(undefined, undefined), undefined);
});

test('what a check leaves open is 30 s, and 3 failures', () => {
  assert.equal(nextInterval(check(), 'starting', seconds(0)), seconds(30));
  assert.equal(probeTimeout(check()), seconds(30));
  let health = beginHealth(undefined);
  for (let failures = 0; failures < 2; failures += 1) health = judge(health, 1);
  assert.equal(health.status, 'starting');
  assert.equal(judge(health, 1).status, 'unhealthy');
});

test('the start interval counts while it starts within its start period', () => {
  const asked = check({ interval: span(20), startPeriod: span(60), startInterval: span(2) });
  const at = (secs: number, status: Health['status'] = 'starting'): Nanoseconds =>
    nextInterval(asked, status, seconds(secs));
  assert.equal(at(0), seconds(2));
  assert.equal(at(59), seconds(2));
  assert.equal(at(60), seconds(20));
  assert.equal(at(1, 'healthy'), seconds(20));
  assert.equal(nextInterval(check({ startPeriod: span(60) }), 'starting', seconds(0)), seconds(5));
});

test('one success makes it healthy, failures in a row unhealthy', () => {
  const asked = check({ retries: 2 });
  let health = judge(beginHealth(undefined), 0, asked);
  assert.equal(health.status, 'healthy');
  health = judge(health, 1, asked);
  assert.deepEqual([health.status, health.failingStreak], ['healthy', 1]);
  health = judge(health, -1, asked);
  assert.deepEqual([health.status, health.failingStreak], ['unhealthy', 2]);
  health = judge(health, 0, asked);
  assert.deepEqual([health.status, health.failingStreak], ['healthy', 0]);
});

test('a failure within the start period is forgiven until the first success', () => {
  const asked = check({ startPeriod: span(60), retries: 1 });
  const starting = judge(beginHealth(undefined), 1, asked, 59);
  assert.deepEqual([starting.status, starting.failingStreak, starting.log.length], ['starting', 0, 1]);
  assert.equal(judge(starting, 1, asked, 60).status, 'unhealthy');
  const healthy = judge(starting, 0, asked, 10);
  assert.equal(judge(healthy, 1, asked, 20).status, 'unhealthy');
});

test('the log keeps the last five, also over an end and a new beginning', () => {
  let health = beginHealth(undefined);
  for (let code = 1; code <= 7; code += 1) health = judge(health, code);
  const codes = (of: Health): readonly number[] => of.log.map(({ exitCode }) => exitCode);
  assert.deepEqual(codes(health), [3, 4, 5, 6, 7]);
  const ended = endHealth(judge(health, 0));
  assert.equal(ended.status, 'unhealthy');
  const anew = beginHealth(ended);
  assert.deepEqual([anew.status, anew.failingStreak], ['starting', 0]);
  assert.deepEqual(codes(anew), [4, 5, 6, 7, 0]);
});
