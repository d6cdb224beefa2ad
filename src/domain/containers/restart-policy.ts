// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { milliseconds, type Nanoseconds, seconds } from '../../base/time.ts';
import type { RestartPolicy } from '../../spec/host-config.ts';

const FIRST_DELAY = milliseconds(100);
const LONGEST_DELAY = seconds(60);
/** A run that lasted this long was a good one: the next wait is the first one again. */
const GOOD_RUN = seconds(10);

const refuse = (why: string): never => {
  throw new EngineError('invalid-argument', `invalid restart policy: ${why}`);
};

const CHECKS: Readonly<Record<string, (policy: RestartPolicy) => void>> = {
  '': (policy) => checkNoCount(policy),
  no: (policy) => checkNoCount(policy),
  always: (policy) => checkNoCount(policy),
  'unless-stopped': (policy) => checkNoCount(policy),
  'on-failure': (policy) => {
    if (policy.maximumRetryCount < 0) refuse('maximum retry count cannot be negative');
  },
};

const checkNoCount = ({ maximumRetryCount }: RestartPolicy): void => {
  if (maximumRetryCount === 0) return;
  const negative = maximumRetryCount < 0 ? ' and cannot be negative' : '';
  refuse(`maximum retry count can only be used with 'on-failure'${negative}`);
};

/** @throws invalid-argument for an unknown name or a retry count that does not fit it */
export const validateRestartPolicy = (policy: RestartPolicy): void => {
  const check = Object.hasOwn(CHECKS, policy.name) ? CHECKS[policy.name] : undefined;
  if (check) check(policy);
  else {
    refuse(`unknown policy '${policy.name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`);
  }
};

/** How a run ended and what was asked for since it began. */
export interface RunEnd {
  readonly exitCode: number;
  readonly restartCount: number;
  /** Somebody stopped or killed it: then no policy brings it back at once. */
  readonly stopAsked: boolean;
}

/** Whether a container whose run has just ended is to be started again. */
export const shouldRestart = (policy: RestartPolicy, end: RunEnd): boolean => {
  if (end.stopAsked) return false;
  if (policy.name === 'always' || policy.name === 'unless-stopped') return true;
  if (policy.name !== 'on-failure' || end.exitCode === 0) return false;
  return policy.maximumRetryCount === 0 || end.restartCount < policy.maximumRetryCount;
};

/** Whether a container that does not run is to be started when the daemon comes up. */
export const shouldStartAtBoot = (
  policy: RestartPolicy,
  container: {
    readonly hasBeenStarted: boolean;
    readonly manuallyStopped: boolean;
    readonly exitCode: number;
    readonly restartCount: number;
  },
): boolean => {
  if (!container.hasBeenStarted) return false;
  if (policy.name === 'always') return true;
  if (container.manuallyStopped) return false;
  return shouldRestart(policy, { ...container, stopAsked: false });
};

/** How long to wait before the next start: 100 ms, doubled up to 60 s, anew after a good run. */
export const nextDelay = (previous: Nanoseconds | undefined, ranFor: Nanoseconds): Nanoseconds => {
  if (previous === undefined || ranFor >= GOOD_RUN) return FIRST_DELAY;
  const doubled = (previous * 2n) as Nanoseconds;
  return doubled > LONGEST_DELAY ? LONGEST_DELAY : doubled;
};
