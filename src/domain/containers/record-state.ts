// SPDX-License-Identifier: Apache-2.0
import {
  bool,
  type Infer,
  int,
  named,
  omitEmpty,
  pointer,
  slice,
  string,
  struct,
} from '../../base/go-json.ts';
import { formatRfc3339Nano, parseRfc3339, type Timestamp, ZERO_TIME } from '../../base/time.ts';
import type { Health, HealthStatus } from './health/health.ts';
import type { ContainerState } from './state.ts';

const healthFile = struct('Health', {
  status: string,
  failingStreak: int,
  log: slice(struct('HealthcheckResult', { start: string, end: string, exitCode: int, output: string })),
});

/** The `State` of a container's document on disk, in dockerd's shape. */
export const stateFile = struct('State', {
  running: bool,
  paused: bool,
  restarting: bool,
  oomKilled: named('OOMKilled', bool),
  removalInProgress: bool,
  dead: bool,
  pid: int,
  exitCode: named('ExitCode', int),
  error: string,
  startedAt: string,
  finishedAt: string,
  health: omitEmpty(pointer(healthFile)),
});

export type StateFile = Infer<typeof stateFile>;

const timeOr = (moment: Timestamp | undefined): string => formatRfc3339Nano(moment ?? ZERO_TIME);

/** What stands on disk for a state. */
export const stateToFile = (state: ContainerState): StateFile => {
  const blank = {
    ...stateFile.zero,
    startedAt: timeOr(undefined),
    finishedAt: timeOr(undefined),
  };
  switch (state.status) {
    case 'created':
      return { ...blank, ...state.failure };
    case 'running':
    case 'paused':
      return {
        ...blank,
        running: true,
        paused: state.status === 'paused',
        pid: state.pid,
        oomKilled: state.oomKilled,
        startedAt: timeOr(state.startedAt),
        finishedAt: timeOr(state.previous?.finishedAt),
      };
    default: {
      const last = state.status === 'removing' || state.status === 'dead' ? state.last : state;
      return {
        ...blank,
        running: state.status === 'restarting',
        restarting: state.status === 'restarting',
        removalInProgress: state.status === 'removing',
        dead: state.status === 'dead',
        oomKilled: last?.oomKilled ?? false,
        exitCode: last?.exitCode ?? 0,
        error: last?.error ?? '',
        startedAt: timeOr(last?.startedAt),
        finishedAt: timeOr(last?.finishedAt),
      };
    }
  }
};

/** A time on disk; the zero time for none. */
export const timeIn = (text: string): Timestamp => parseRfc3339(text) ?? ZERO_TIME;

/** The state that stands on disk. `deadReason` stands beside it in the record. */
export const stateFromFile = (file: StateFile, deadReason: string): ContainerState => {
  const startedAt = timeIn(file.startedAt);
  const finishedAt = timeIn(file.finishedAt);
  const outcome = { exitCode: file.exitCode, error: file.error, oomKilled: file.oomKilled };
  const ended = { ...outcome, startedAt, finishedAt };
  const everRan = startedAt !== ZERO_TIME;
  if (file.dead) return { status: 'dead', reason: deadReason, ...(everRan && { last: ended }) };
  if (file.removalInProgress) return { status: 'removing', ...(everRan && { last: ended }) };
  if (file.restarting) return { status: 'restarting', ...ended };
  if (file.running) {
    const previous = { exitCode: 0, error: '', oomKilled: false, startedAt: ZERO_TIME, finishedAt };
    return {
      status: file.paused ? 'paused' : 'running',
      pid: file.pid,
      startedAt,
      oomKilled: file.oomKilled,
      ...(finishedAt !== ZERO_TIME && { previous }),
    };
  }
  if (everRan) return { status: 'exited', ...ended };
  const failed = file.exitCode !== 0 || file.error !== '';
  return failed ? { status: 'created', failure: outcome } : { status: 'created' };
};

/** What stands on disk for a health; `undefined` for none. */
export const healthToFile = (health: Health | undefined): StateFile['health'] =>
  health && {
    ...health,
    log: health.log.map((result) => ({
      ...result,
      start: formatRfc3339Nano(result.start),
      end: formatRfc3339Nano(result.end),
    })),
  };

const STATUSES: readonly HealthStatus[] = ['starting', 'healthy', 'unhealthy'];

/** The health that stands on disk. */
export const healthFromFile = (file: Infer<typeof healthFile>): Health => ({
  status: STATUSES.find((status) => status === file.status) ?? 'unhealthy',
  failingStreak: file.failingStreak,
  log: (file.log ?? []).map((result) => ({
    ...result,
    start: timeIn(result.start),
    end: timeIn(result.end),
  })),
});
