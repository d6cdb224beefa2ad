// SPDX-License-Identifier: Apache-2.0
import { type Nanoseconds, seconds, since, type Timestamp } from '../../../base/time.ts';
import type { HealthcheckConfig } from '../../../spec/container-config.ts';

/** What is known of a container's health; one without a health check has none. */
export type HealthStatus = 'starting' | 'healthy' | 'unhealthy';

/** One probe: when it ran and what it said. */
export interface HealthResult {
  readonly start: Timestamp;
  readonly end: Timestamp;
  /** 0 is healthy; -1 stands for a probe that could not be run or took too long. */
  readonly exitCode: number;
  readonly output: string;
}

export interface Health {
  readonly status: HealthStatus;
  /** Failures in a row. */
  readonly failingStreak: number;
  /** The last probes, oldest first. */
  readonly log: readonly HealthResult[];
}

/** Where a check leaves it open (containers.md §8). */
const DEFAULTS = { interval: seconds(30), timeout: seconds(30), startInterval: seconds(5), retries: 3 };

/** Probes that are remembered. */
const LOG_LENGTH = 5;

const spanOr = (span: number, otherwise: Nanoseconds): Nanoseconds =>
  span === 0 ? otherwise : (BigInt(span) as Nanoseconds);

/** How long one probe may take. */
export const probeTimeout = ({ timeout }: HealthcheckConfig): Nanoseconds =>
  spanOr(timeout, DEFAULTS.timeout);

const startPeriod = (check: HealthcheckConfig): Nanoseconds => BigInt(check.startPeriod) as Nanoseconds;

/** The command of a probe; `undefined` without a check, with `NONE`, and for a form that Docker does not know either. */
export const probeCommand = (
  check: HealthcheckConfig | undefined,
  shell: readonly string[] | undefined,
): readonly string[] | undefined => {
  const [form, ...command] = check?.test ?? [];
  if (form === 'CMD') return command;
  if (form !== 'CMD-SHELL') return undefined;
  return [...(shell && shell.length > 0 ? shell : ['/bin/sh', '-c']), ...command];
};

/** A run begins: nothing is known of it yet; what earlier ones said stays in the log. */
export const beginHealth = (previous: Health | undefined): Health => ({
  status: 'starting',
  failingStreak: 0,
  log: previous?.log ?? [],
});

/** Nobody looks any more (stopped, paused): then it counts as unhealthy, as dockerd has it. */
export const endHealth = (health: Health): Health => ({ ...health, status: 'unhealthy' });

/** How long to wait for the next probe, from the end of the last one or the start of the run. */
export const nextInterval = (
  check: HealthcheckConfig,
  status: HealthStatus,
  ranFor: Nanoseconds,
): Nanoseconds => {
  const period = startPeriod(check);
  // A clock that was set back must not make a start period where there is none.
  const isStarting = status === 'starting' && period > 0n && ranFor < period;
  return isStarting
    ? spanOr(check.startInterval, DEFAULTS.startInterval)
    : spanOr(check.interval, DEFAULTS.interval);
};

/** What is known after a probe of a run that began at `startedAt`. A container that still starts up may fail for a while. */
export const judgeProbe = (
  health: Health,
  check: HealthcheckConfig,
  result: HealthResult,
  startedAt: Timestamp,
): Health => {
  const log = [...health.log, result].slice(-LOG_LENGTH);
  if (result.exitCode === 0) return { status: 'healthy', failingStreak: 0, log };
  const isForgiven = health.status === 'starting' && since(startedAt, result.start) < startPeriod(check);
  if (isForgiven) return { ...health, log };
  const failingStreak = health.failingStreak + 1;
  const retries = check.retries > 0 ? check.retries : DEFAULTS.retries;
  return { status: failingStreak >= retries ? 'unhealthy' : health.status, failingStreak, log };
};
