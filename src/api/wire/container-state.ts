// SPDX-License-Identifier: Apache-2.0
import { formatRfc3339Nano, now, since, type Timestamp, ZERO_TIME } from '../../base/time.ts';
import {
  type Container,
  type ContainerState,
  type Health,
  hasProcess,
  isRunning,
} from '../../domain/containers/index.ts';
import { humanDuration } from '../../spec/human-duration.ts';

interface Told {
  readonly exitCode: number;
  readonly error: string;
  readonly oomKilled: boolean;
  readonly startedAt: Timestamp;
  readonly finishedAt: Timestamp;
}

const NOTHING: Told = {
  exitCode: 0,
  error: '',
  oomKilled: false,
  startedAt: ZERO_TIME,
  finishedAt: ZERO_TIME,
};

const toldOf = (state: ContainerState): Told => {
  switch (state.status) {
    case 'created':
      return { ...NOTHING, ...state.failure };
    case 'running':
    case 'paused':
      return {
        ...NOTHING,
        oomKilled: state.oomKilled,
        startedAt: state.startedAt,
        finishedAt: state.previous?.finishedAt ?? ZERO_TIME,
      };
    case 'restarting':
    case 'exited':
      return state;
    case 'removing':
    case 'dead':
      return state.last ?? NOTHING;
  }
};

/** Engine API, `Health`. */
const healthBody = (health: Health): object => ({
  Status: health.status,
  FailingStreak: health.failingStreak,
  Log: health.log.map(({ start, end, exitCode, output }) => ({
    Start: formatRfc3339Nano(start),
    End: formatRfc3339Nano(end),
    ExitCode: exitCode,
    Output: output,
  })),
});

type Stated = Pick<Container, 'state' | 'health'>;

/** Engine API, `ContainerState`. `Running` stays true while paused and while waiting to restart. */
export const stateBody = ({ state, health }: Stated): object => {
  const told = toldOf(state);
  return {
    Status: state.status,
    Running: isRunning(state),
    Paused: state.status === 'paused',
    Restarting: state.status === 'restarting',
    OOMKilled: told.oomKilled,
    Dead: state.status === 'dead',
    Pid: hasProcess(state) ? state.pid : 0,
    ExitCode: told.exitCode,
    Error: told.error,
    StartedAt: formatRfc3339Nano(told.startedAt),
    FinishedAt: formatRfc3339Nano(told.finishedAt),
    ...(health && { Health: healthBody(health) }),
  };
};

const healthText = (health: Health | undefined): string => {
  if (!health) return '';
  return health.status === 'starting' ? ' (health: starting)' : ` (${health.status})`;
};

/** The `Status` column of `docker ps`. */
export const statusText = ({ state, health }: Stated, moment: Timestamp = now()): string => {
  const ago = (start: Timestamp): string => humanDuration(since(start, moment));
  switch (state.status) {
    case 'created':
      return 'Created';
    case 'running':
      return `Up ${ago(state.startedAt)}${healthText(health)}`;
    case 'paused':
      return `Up ${ago(state.startedAt)} (Paused)`;
    case 'restarting':
      return `Restarting (${state.exitCode}) ${ago(state.finishedAt)} ago`;
    case 'exited':
      return `Exited (${state.exitCode}) ${ago(state.finishedAt)} ago`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
  }
};
